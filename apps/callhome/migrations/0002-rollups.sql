-- Daily roll-ups. Each row can be computed again from the calls of its day, and is compared with them every night.

-- Contractual class: which installations ran which version on a day.
CREATE TABLE daily_active (
  day           date   NOT NULL,
  product       text   NOT NULL,
  instance_hash uuid   NOT NULL,
  version       text   NOT NULL,
  calls         bigint NOT NULL,
  PRIMARY KEY (day, product, instance_hash, version)
);

-- Contractual class: who worked under a licence on a day. Actives of 1, 7 and 30 days are distinct users over days.
CREATE TABLE licence_user_day (
  licence_hash uuid NOT NULL,
  product      text NOT NULL,
  day          date NOT NULL,
  user_hash    uuid NOT NULL,
  PRIMARY KEY (licence_hash, product, day, user_hash)
);
CREATE INDEX licence_user_day_day ON licence_user_day (day, product);

-- Optional class, with its retention: from which country an installation called on a day.
CREATE TABLE daily_country (
  day           date   NOT NULL,
  product       text   NOT NULL,
  country       text   NOT NULL,
  instance_hash uuid   NOT NULL,
  calls         bigint NOT NULL,
  PRIMARY KEY (day, product, country, instance_hash)
);

-- Counts without any hash: of a whole day (dimension "all") and by version, build, edition, source, country and os.
CREATE TABLE daily_stat (
  day       date   NOT NULL,
  product   text   NOT NULL,
  dimension text   NOT NULL,
  value     text   NOT NULL,
  calls     bigint NOT NULL,
  instances bigint NOT NULL,
  users     bigint NOT NULL,
  PRIMARY KEY (day, product, dimension, value)
);

ALTER TABLE rollup_due ADD COLUMN due_at timestamptz NOT NULL DEFAULT now();

-- Erasures that were asked for, as keyed hashes: after a restore they are done again (docs/callhome/runbooks.md).
CREATE TABLE erasure (
  subject   text        NOT NULL,
  hash      uuid        NOT NULL,
  erased_at timestamptz NOT NULL,
  calls     bigint      NOT NULL,
  PRIMARY KEY (subject, hash, erased_at)
);

-- When each job last ended, and what it did.
CREATE TABLE job_run (
  name        text        PRIMARY KEY,
  finished_at timestamptz NOT NULL,
  ok          boolean     NOT NULL,
  detail      jsonb       NOT NULL
);

-- Calls that were refused, by reason: old versions that nobody can fix must at least be seen.
CREATE TABLE refusal (
  day     date   NOT NULL,
  source  text   NOT NULL,
  product text   NOT NULL,
  reason  text   NOT NULL,
  calls   bigint NOT NULL,
  PRIMARY KEY (day, source, product, reason)
);
