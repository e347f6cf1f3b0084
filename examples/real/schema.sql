-- The warehouse: what the quickstart has as CSV.
CREATE SCHEMA analytics;
CREATE TABLE analytics.accounts (
  id text PRIMARY KEY, name text, domain text, industry text, employees integer, revenue bigint, region text, country text, sites integer,
  tier text, target boolean, arr numeric, health text, open_tickets integer, renewal_at timestamptz,
  intent jsonb, products text, owner_email text, sdr_email text, csm_email text, am_email text);
CREATE TABLE analytics.people (
  id text PRIMARY KEY, account_id text, email text, name text, title text, level text, buying_role text, persona text,
  opted_out boolean, left_company boolean, score integer);
CREATE TABLE analytics.activities (
  account_id text, person_id text, type text, at timestamptz, inbound boolean,
  channel text, campaign text, product text, minutes double precision);
