-- A journal as version 1 of its schema wrote it: one segment is done, the next is under way.
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  store_id TEXT NOT NULL);
CREATE TABLE leader (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL);
CREATE TABLE session (
  session TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  state TEXT NOT NULL,                -- live | closed
  lease_until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE experiment (
  experiment TEXT PRIMARY KEY,
  spec TEXT NOT NULL,
  spec_sha TEXT NOT NULL,
  numerics TEXT NOT NULL,
  state TEXT NOT NULL) WITHOUT ROWID; -- active | done
CREATE TABLE segment (
  experiment TEXT NOT NULL,
  segment INTEGER NOT NULL,
  state TEXT NOT NULL,                -- blocked | ready | leased | committed | quarantined
  epoch INTEGER NOT NULL DEFAULT 0,
  session TEXT,
  done_step INTEGER,
  checkpoint TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (experiment, segment)) WITHOUT ROWID;
CREATE TABLE attempt (
  experiment TEXT NOT NULL,
  segment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  session TEXT NOT NULL,
  cause TEXT,                         -- how the grant ended: committed, part, or the cause of its return
  PRIMARY KEY (experiment, segment, epoch)) WITHOUT ROWID;
CREATE TABLE seg_commit (
  experiment TEXT NOT NULL,
  segment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  from_step INTEGER NOT NULL,
  to_step INTEGER NOT NULL,
  final INTEGER NOT NULL,
  checkpoint TEXT NOT NULL,
  checkpoint_bytes INTEGER NOT NULL,
  leader_epoch INTEGER NOT NULL,
  PRIMARY KEY (experiment, segment, epoch),
  UNIQUE (experiment, segment, from_step)) WITHOUT ROWID;
CREATE TABLE result (
  experiment TEXT NOT NULL,
  path INTEGER NOT NULL,
  from_step INTEGER NOT NULL,
  to_step INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  diverged_at INTEGER,
  chain TEXT NOT NULL,
  steps BLOB NOT NULL,
  points BLOB NOT NULL,
  PRIMARY KEY (experiment, path, from_step));
CREATE TABLE journal (
  experiment TEXT NOT NULL,
  seq INTEGER NOT NULL,
  leader_epoch INTEGER NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (experiment, seq)) WITHOUT ROWID;
INSERT INTO meta VALUES (1, 1, '0123456789abcdef0123456789abcdef');
INSERT INTO leader VALUES (1, 3, 'node', 'life');
INSERT INTO session VALUES ('node.life', 'node', 'live', 0);
INSERT INTO experiment VALUES ('sample', 'spec', 'sha', 'numerics', 'active');
INSERT INTO segment VALUES ('sample', 0, 'committed', 1, 'node.life', 10, 'checkpoint', 0);
INSERT INTO segment VALUES ('sample', 1, 'leased', 1, 'node.life', NULL, NULL, 0);
INSERT INTO attempt VALUES ('sample', 0, 1, 'node.life', 'committed');
INSERT INTO attempt VALUES ('sample', 1, 1, 'node.life', NULL);
INSERT INTO seg_commit VALUES ('sample', 0, 1, 0, 10, 1, 'checkpoint', 1, 3);
INSERT INTO result VALUES ('sample', 0, 0, 10, 0, 1, NULL, 'chain', x'', x'');
INSERT INTO journal VALUES ('sample', 1, 3, 'experiment-submitted', '{"spec":"spec","spec_sha":"sha","packing":{"shapes":[]},"segments":2,"roots":[0],"numerics":"numerics"}', 0);
INSERT INTO journal VALUES ('sample', 2, 3, 'segment-granted', '{"segment":0,"epoch":1,"session":"node.life"}', 0);
INSERT INTO journal VALUES ('sample', 3, 3, 'segment-committed', '{"segment":0,"epoch":1,"from_step":0,"to_step":10,"final":true,"checkpoint":"checkpoint","checkpoint_bytes":1,"records":null}', 0);
INSERT INTO journal VALUES ('sample', 4, 3, 'segment-ready', '{"segment":1}', 0);
INSERT INTO journal VALUES ('sample', 5, 3, 'segment-granted', '{"segment":1,"epoch":1,"session":"node.life"}', 0);
