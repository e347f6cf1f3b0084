package sqlite

// application marks a file as a state of playctl (PRAGMA application_id): "play" in ASCII.
const application = 0x706c6179

// schema is the form of [state.Version] 3. Times are microseconds since 1970 in UTC, durations nanoseconds; NULL stands for a zero one,
// an empty list and, where a text may be missing, the empty text. Lists are JSON, see lists.go. An older form is in upgrade.go.
//
// Most tables lie in the order of their identity, which is the order that a snapshot wants. Members, effects and tasks lie in the order in
// which they came, beside an index: they are written again in about that order, step by step, and their keys are hashes. Lying in the order
// of hashes a thousand of them, one batch of an apply, would be a thousand pages to write instead of a hundred.
//
// crc is the CRC-32C of the row's other cells, which tells a flipped bit that leaves the file's structure whole. Whoever mends a row by
// hand sets it to NULL: such a row is believed. The counts of meta tell rows that are missing, or that somebody put in.
const schema = metaSchema + playsSchema + membersSchema + tasksSchema + otherSchema + runsSchema + newSchema

// indexed are the tables that have an index beside them, of their key.
var indexed = []string{"members", "effects", "tasks"}

const metaSchema = `
CREATE TABLE meta (
  lineage     TEXT NOT NULL PRIMARY KEY,
  serial      INTEGER NOT NULL,
  playbook    TEXT NOT NULL,
  salt        TEXT NOT NULL,
  created     INTEGER,
  commits     INTEGER NOT NULL, -- grows with every commit but those of a run's record alone: tells whether a backup is of just this
  counts      TEXT NOT NULL,    -- how many rows every other table has, see counts.go
  moved_to    TEXT,
  environment TEXT,
  crc         INTEGER
) STRICT, WITHOUT ROWID;

`

const playsSchema = `
CREATE TABLE plays (
  name       TEXT NOT NULL PRIMARY KEY,
  first_at   INTEGER,
  batch_at   INTEGER,
  events_to  INTEGER,
  paused_at  INTEGER,
  definition TEXT NOT NULL,
  crc        INTEGER
) STRICT, WITHOUT ROWID;

`

const membersSchema = `
CREATE TABLE members (
  key           TEXT NOT NULL PRIMARY KEY,
  play          TEXT NOT NULL,
  entity        TEXT NOT NULL,
  record        TEXT NOT NULL,
  per           TEXT,
  number        INTEGER NOT NULL,
  entered_by    TEXT NOT NULL,
  entered_at    INTEGER,
  enrolled_from TEXT,
  held_out      INTEGER NOT NULL,
  step          TEXT,
  step_at       INTEGER,
  due           INTEGER,
  reached       TEXT,
  done          TEXT,
  lanes         TEXT,
  event         TEXT,
  frozen        INTEGER,
  resumed_at    INTEGER,
  missing_since INTEGER,
  ended_at      INTEGER,
  outcome       TEXT,
  reason        TEXT,
  run           TEXT,
  crc           INTEGER
) STRICT;
`

const tasksSchema = `
CREATE TABLE tasks (
  key          TEXT NOT NULL PRIMARY KEY,
  member       TEXT NOT NULL,
  play         TEXT NOT NULL,
  step         TEXT NOT NULL,
  lane         TEXT,
  connector    TEXT NOT NULL,
  kind         TEXT NOT NULL,
  entity       TEXT NOT NULL,
  record       TEXT NOT NULL,
  role         TEXT,
  assignee     TEXT,
  receipt      TEXT,
  status       TEXT NOT NULL,
  outcome      TEXT,
  answers      TEXT,
  assigned     INTEGER,
  due_at       INTEGER,
  sla_at       INTEGER,
  timeout_at   INTEGER,
  touched_at   INTEGER,
  done_at      INTEGER,
  breached_at  INTEGER,
  took         INTEGER,
  took_working INTEGER,
  crc          INTEGER
) STRICT;
`

const otherSchema = `
CREATE TABLE truths (
  play TEXT NOT NULL,
  key  TEXT NOT NULL,
  crc  INTEGER,
  PRIMARY KEY (play, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE held (
  connector TEXT NOT NULL,
  kind      TEXT NOT NULL,
  name      TEXT NOT NULL,
  token     TEXT NOT NULL,
  entity    TEXT NOT NULL,
  record    TEXT NOT NULL,
  ours      INTEGER NOT NULL,
  added     INTEGER NOT NULL,
  since     INTEGER,
  keepers   TEXT,
  crc       INTEGER,
  PRIMARY KEY (connector, kind, name, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE effects (
  key       TEXT NOT NULL PRIMARY KEY,
  member    TEXT NOT NULL,
  play      TEXT NOT NULL,
  step      TEXT NOT NULL,
  connector TEXT NOT NULL,
  action    TEXT NOT NULL,
  entity    TEXT NOT NULL,
  record    TEXT NOT NULL,
  status    TEXT NOT NULL,
  receipt   TEXT,
  reason    TEXT,
  attempts  INTEGER NOT NULL,
  at        INTEGER,
  run       TEXT NOT NULL,
  crc       INTEGER
) STRICT;

CREATE TABLE seen (
  entity TEXT NOT NULL,
  record TEXT NOT NULL,
  field  TEXT NOT NULL,
  value  TEXT NOT NULL,
  crc    INTEGER,
  PRIMARY KEY (entity, record, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
  entity   TEXT NOT NULL,
  record   TEXT NOT NULL,
  field    TEXT NOT NULL,
  at       INTEGER NOT NULL,
  was      TEXT NOT NULL,
  became   TEXT NOT NULL,
  crc      INTEGER,
  PRIMARY KEY (entity, record, field, at)
) STRICT, WITHOUT ROWID;
`

const runsSchema = `
CREATE TABLE runs (
  id          TEXT NOT NULL PRIMARY KEY,
  serial      INTEGER NOT NULL,
  operation   TEXT,
  environment TEXT,
  started     INTEGER,
  finished    INTEGER,
  status      TEXT NOT NULL,
  by          TEXT,
  plan        TEXT,
  digest      TEXT,
  approved    TEXT,
  overrides   TEXT,
  limits      TEXT,
  revision    TEXT,
  playbook    TEXT,
  planned     TEXT,
  counts      TEXT,
  read        TEXT,
  message     TEXT,
  crc         INTEGER
) STRICT, WITHOUT ROWID;
`

// newSchema is what came with form 3.
const newSchema = `
CREATE TABLE failures (
  key        TEXT NOT NULL PRIMARY KEY,
  verb       TEXT NOT NULL,
  connector  TEXT NOT NULL,
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  entity     TEXT NOT NULL,
  record     TEXT NOT NULL,
  play       TEXT NOT NULL,
  step       TEXT NOT NULL,
  lane       TEXT NOT NULL,
  member     TEXT NOT NULL,
  reason     TEXT NOT NULL,
  attempts   INTEGER NOT NULL,
  first      INTEGER,
  last       INTEGER,
  not_before INTEGER,
  run        TEXT NOT NULL,
  crc        INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE erased (
  mark TEXT NOT NULL PRIMARY KEY,
  at   INTEGER,
  run  TEXT NOT NULL,
  crc  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  run  TEXT NOT NULL,
  seq  INTEGER NOT NULL,
  body TEXT NOT NULL, -- compressed, see state.EncodePage
  crc  INTEGER,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;
`
