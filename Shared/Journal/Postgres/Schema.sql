-- The tables of Sqlite/Schema.sql, under the same names, in PostgreSQL's types.
CREATE TABLE meta (
  id integer PRIMARY KEY CHECK (id = 1),
  schema_version integer NOT NULL,
  store_id uuid NOT NULL,
  sys text NOT NULL,                  -- the history that a leader has dealt with:
  tl bigint NOT NULL);                -- system identifier and timeline
-- The epoch is part of a key: a take-over waits for commits that hold the row FOR KEY SHARE, a
-- renewal of the lease does not.
CREATE TABLE leader (
  id integer PRIMARY KEY CHECK (id = 1),
  epoch bigint NOT NULL,
  node text NOT NULL,
  incarnation text NOT NULL,
  url text NOT NULL,
  lease_until timestamptz NOT NULL,
  UNIQUE (id, epoch));
-- No index on the lease, and room in each page: a renewal stays where it is.
CREATE TABLE session (
  session text PRIMARY KEY,
  node text NOT NULL,
  state text NOT NULL,                -- live | closed
  lease_until timestamptz NOT NULL,
  box text NOT NULL,
  slots integer NOT NULL,
  numerics text NOT NULL) WITH (fillfactor = 50);
CREATE TABLE credential (
  hash text PRIMARY KEY,              -- SHA-256 of the token
  name text NOT NULL,
  role text NOT NULL,                 -- node | submitter | viewer | operator
  scope text,
  expires timestamptz NOT NULL,
  revoked boolean NOT NULL);
CREATE TABLE experiment (
  experiment text PRIMARY KEY,
  spec text NOT NULL,
  spec_sha text NOT NULL,
  numerics text NOT NULL,
  state text NOT NULL);               -- active | held | done | cancelled
CREATE TABLE segment (
  experiment text NOT NULL,
  segment integer NOT NULL,
  state text NOT NULL,                -- blocked | ready | leased | committed | quarantined | cancelled
  epoch bigint NOT NULL DEFAULT 0,
  session text,
  done_step bigint,
  checkpoint text,
  failures integer NOT NULL DEFAULT 0,
  PRIMARY KEY (experiment, segment)) WITH (fillfactor = 50);
CREATE TABLE attempt (
  experiment text NOT NULL,
  segment integer NOT NULL,
  epoch bigint NOT NULL,
  session text NOT NULL,
  cause text,                         -- how the grant ended: committed, part, or the cause of its return
  PRIMARY KEY (experiment, segment, epoch)) WITH (fillfactor = 70);
CREATE TABLE seg_commit (
  experiment text NOT NULL,
  segment integer NOT NULL,
  epoch bigint NOT NULL,
  from_step bigint NOT NULL,
  to_step bigint NOT NULL,
  final boolean NOT NULL,
  checkpoint text NOT NULL,
  checkpoint_bytes bigint NOT NULL,
  leader_epoch bigint NOT NULL,
  PRIMARY KEY (experiment, segment, epoch),
  UNIQUE (experiment, segment, from_step));
CREATE TABLE result (
  experiment text NOT NULL,
  path integer NOT NULL,
  from_step bigint NOT NULL,
  to_step bigint NOT NULL,
  segment integer NOT NULL,
  epoch bigint NOT NULL,
  diverged_at bigint,
  chain text NOT NULL,
  steps bytea NOT NULL,
  points bytea NOT NULL,
  PRIMARY KEY (experiment, path, from_step));
CREATE TABLE journal (
  experiment text NOT NULL,
  seq bigint NOT NULL,
  leader_epoch bigint NOT NULL,
  kind text NOT NULL,
  payload json NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (experiment, seq));
-- Ends the transaction when a condition does not hold, so that a transaction of many statements
-- can travel in one message and still be all or nothing.
CREATE FUNCTION demand(held boolean, otherwise text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT held THEN
    RAISE EXCEPTION 'mneme: %', CASE otherwise
      WHEN 'MND01' THEN 'another process leads' ELSE 'a condition of an event is past' END
      USING ERRCODE = otherwise;
  END IF;
END $$;
INSERT INTO leader VALUES (1, 0, '', '', '', '-infinity');
