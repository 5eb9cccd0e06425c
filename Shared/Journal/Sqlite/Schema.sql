-- Names as in every store of the journal; SQLite keeps time as milliseconds since 1970.
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
