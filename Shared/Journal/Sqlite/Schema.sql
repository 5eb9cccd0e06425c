-- Names as in every store of the journal; SQLite keeps time as milliseconds since 1970.
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  store_id TEXT NOT NULL);
CREATE TABLE leader (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  node TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  url TEXT NOT NULL DEFAULT '',
  lease_until INTEGER NOT NULL DEFAULT 0);
CREATE TABLE session (
  session TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  state TEXT NOT NULL,                -- live | closed
  lease_until INTEGER NOT NULL,
  box TEXT NOT NULL DEFAULT '',
  slots INTEGER NOT NULL DEFAULT 0,
  numerics TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE credential (
  hash TEXT PRIMARY KEY,              -- SHA-256 of the token
  name TEXT NOT NULL,
  role TEXT NOT NULL,                 -- node | submitter | viewer | operator
  scope TEXT,
  expires INTEGER NOT NULL,
  revoked INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE experiment (
  experiment TEXT PRIMARY KEY,
  spec TEXT NOT NULL,
  spec_sha TEXT NOT NULL,
  numerics TEXT NOT NULL,
  state TEXT NOT NULL) WITHOUT ROWID; -- active | held | done | cancelled
CREATE TABLE segment (
  experiment TEXT NOT NULL,
  segment INTEGER NOT NULL,
  state TEXT NOT NULL,                -- blocked | ready | leased | committed | quarantined | cancelled
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
