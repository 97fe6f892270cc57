-- Who was asked to read what, and who has acknowledged it.
create table campaign (
  id integer generated always as identity primary key,
  reference text not null unique,
  version integer not null default 1,
  state text not null check (state in ('draft', 'running', 'paused', 'stopped', 'ended')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  title text not null,
  -- Whom it asks, as it was said, and as it is looked up: everyone, departments, roles, groups or people.
  who text not null,
  audience jsonb not null,
  -- Whoever comes into the audience later is asked too: joiners, movers.
  standing boolean not null default false,
  -- Of one that stands: who is in the audience when it starts is not asked.
  newcomers boolean not null default false,
  -- Documents by their id, lessons by their name.
  subjects jsonb not null,
  -- The day by which everybody has done it, or for one that stands the days that each has.
  due_on date,
  due_days integer,
  owner_id integer not null references person,
  started_at timestamptz,
  ended_on date,
  -- When its audience was last looked through for who has come, left or moved.
  reviewed_at timestamptz,
  check (due_on is not null or due_days is not null)
);

-- Its audience, frozen: a rate of a day is worked out from these rows and reads the same a year later. Who comes back has a second row.
create table campaign_member (
  id integer generated always as identity primary key,
  campaign_id integer not null references campaign,
  person_id integer not null references person,
  -- As they were called then.
  name text not null,
  department text,
  entered_on date not null,
  -- The first day on which they count: later for who was on leave.
  counts_from date not null,
  -- The first day on which they count no more: they left, or moved out of its audience, or were here before one for newcomers.
  counts_until date,
  ended_by text check (ended_by in ('left', 'moved', 'here')),
  due_on date not null,
  -- What of it is theirs to do, as `document:12` and `lesson:phishing`, and what of that they had done before.
  needs text[] not null,
  had text[] not null
);
create unique index campaign_member_once on campaign_member (campaign_id, person_id) where counts_until is null;
create index campaign_member_of on campaign_member (person_id);

-- A person and a document. Exempt is a period of its own, below.
create table acknowledgement_request (
  id integer generated always as identity primary key,
  state text not null check (state in ('pending', 'viewed', 'quiz_passed', 'declined', 'acknowledged', 'exempt', 'cancelled')),
  state_by integer references person,
  state_by_name text,
  state_at timestamptz not null,
  person_id integer not null references person,
  document_id integer not null references document,
  -- The version that is asked for: a minor one takes the place of the one before.
  version_id integer not null references document_version,
  campaign_id integer references campaign,
  -- Said to the person: «because you work in Sales».
  why text not null,
  asked_by integer references person,
  asked_at timestamptz not null,
  due_on date,
  viewed_at timestamptz,
  -- While their question is with the policy's owner, nobody reminds them.
  question_id integer references open_question,
  reason text,
  -- Somebody who answers for them asked for a kind word; once a request.
  reminded_at timestamptz,
  -- Questions about the text that they have answered rightly; what they answered wrongly is nowhere.
  passed_questions integer[] not null default '{}'
);
create unique index acknowledgement_request_open on acknowledgement_request (person_id, document_id)
  where state in ('pending', 'viewed', 'quiz_passed', 'declined');
create index acknowledgement_request_of on acknowledgement_request (document_id, person_id);
-- Looked at every minute, and few.
create index acknowledgement_request_asking on acknowledgement_request (question_id) where state = 'declined';
create index acknowledgement_request_exempt on acknowledgement_request (person_id) where state = 'exempt';
create index acknowledgement_request_campaign on acknowledgement_request (campaign_id);

-- Append-only: what somebody has acknowledged, in which words.
create table acknowledgement (
  id integer generated always as identity primary key,
  person_id integer not null references person,
  -- As they were called then.
  name text not null,
  request_id integer references acknowledgement_request,
  document_id integer not null references document,
  -- The text that was read, in the language in which it was.
  version_id integer not null references document_version,
  reference text not null,
  version text not null,
  language text not null,
  content_hash text not null,
  statement text not null,
  statement_language text not null,
  -- In chat, on a signed list, in a session; by whom it was recorded where that is somebody else.
  how text not null check (how in ('chat', 'list', 'session', 'screen')),
  place text,
  recorded_by integer references person,
  acknowledged_at timestamptz not null
);
create index acknowledgement_of on acknowledgement (document_id, person_id, acknowledged_at);

-- Only the made-up company's can be taken out, by a transaction that says so.
create function keep_acknowledgements() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('isma.removing_samples', true) = 'yes' then return old; end if;
  raise exception 'What was acknowledged stays as it is (%)', old.id;
end $$;
create trigger acknowledgement_is_immutable before update or delete on acknowledgement for each row execute function keep_acknowledgements();

-- Documents that somebody was asked for, and the version that was in force when requests were last brought up to it.
create table acknowledgement_subject (
  document_id integer primary key references document,
  version_id integer references document_version
);

-- A document in another language says of which one it is the translation, by its reference; the version is the same.
alter table document_version add column translates text;
create index document_version_translates on document_version (translates) where translates is not null;

-- Somebody need not do it for a time: a document or a lesson, or everything of a campaign.
create table exemption (
  id integer generated always as identity primary key,
  person_id integer not null references person,
  document_id integer references document,
  lesson text,
  campaign_id integer references campaign,
  reason text not null,
  from_day date not null,
  -- The last one; null for as long as nobody ends it.
  until_day date,
  granted_by integer not null references person,
  granted_by_name text not null,
  granted_at timestamptz not null,
  check (num_nonnulls(document_id, lesson, campaign_id) = 1)
);
create index exemption_of on exemption (person_id);

-- A question can come from something that its asker was at: the button that leads back there with the answer.
alter table open_question add column returns_to text;
