-- The contractual class: what a licence is checked with. One row a call, for as long as the contract needs it.
--
-- Partitioned by the call's own id. A UUIDv7 begins with its time, so a month of ids is a range of ids, and the
-- primary key, which must contain the partition key, still deduplicates a call that is repeated months later.
-- Month partitions are made by the service (see src/storage/partitions.ts); the default one takes what none covers.
CREATE TABLE call (
  id            uuid        NOT NULL PRIMARY KEY,
  received_at   timestamptz NOT NULL,
  occurred_at   timestamptz NOT NULL,
  day           date        NOT NULL,          -- of occurred_at, in the service's time zone
  product       text        NOT NULL,
  version       text        NOT NULL,
  build         text,
  edition       text,
  source        text        NOT NULL,          -- v1 or legacy
  instance_hash uuid,                          -- keyed hashes: 128 bits, stored as uuid because it is 16 bytes wide
  user_hash     uuid,
  licence_hash  uuid,
  licence_last4 text
) PARTITION BY RANGE (id);
CREATE TABLE call_default PARTITION OF call DEFAULT;
CREATE INDEX call_received ON call USING brin (received_at);
-- "multi": a few late calls in a block range must not widen it to two months.
CREATE INDEX call_day ON call USING brin (day date_minmax_multi_ops);

-- The optional class: statistics only, with its own switch and its own, shorter, retention.
CREATE TABLE call_optional (
  id             uuid NOT NULL PRIMARY KEY,
  country        text,
  country_source text,
  os             text,
  os_version     text,
  arch           text,
  extras         jsonb
) PARTITION BY RANGE (id);
CREATE TABLE call_optional_default PARTITION OF call_optional DEFAULT;

-- Which days of which products changed since they were last rolled up. Append-only: a flush never waits for the roll-up.
CREATE TABLE rollup_due (
  seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  day     date NOT NULL,
  product text NOT NULL
);

-- Facts that must not change under the data, such as the time zone that the column "day" was computed in.
CREATE TABLE setting (
  name  text PRIMARY KEY,
  value text NOT NULL
);
