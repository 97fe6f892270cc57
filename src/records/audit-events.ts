/** What the log holds of people and their accounts, of cards, settings, evidence and notes. */
import { z } from 'zod';
import { declareEvents, event, type Telling } from '../db/audit-event.ts';

const account = { platform: z.string(), tenant: z.string(), user: z.string() };
const rights = { roles: z.array(z.string()), groups: z.array(z.string()) };

const judged = { evidence: z.number() };
const noLongerKept = 'no longer kept';
const keptEvidence = (kept: Telling['kept'], { evidence }: { evidence?: number }) =>
  kept(`evidence:${evidence ?? 0}`) ?? noLongerKept;

const people = declareEvents('person', {
  welcomed: event({ roles: z.array(z.string()) }, ({ it }) => `${it} was welcomed`),
  imported: event(
    { ...rights, leftOn: z.string().nullable() },
    ({ who, it, detail }) => `${who} brought ${it} (${(detail.roles ?? []).join(', ')})`,
  ),
  changed: event(
    {
      ...rights,
      leftOn: z.string().nullable(),
      fields: z.array(z.string()),
      was: z.object({ ...rights, leftOn: z.string().nullable() }),
    },
    ({ who, it, detail }) => `${who} changed ${it}: ${(detail.fields ?? []).join(', ')}`,
  ),
  readdressed: event({}, ({ who, it }) => `${who} changed the address of ${it}`),
  leaves: event(
    { leftOn: z.string() },
    ({ who, it, detail }) => `${who} set ${detail.leftOn ?? 'a day'} as the first without ${it}`,
  ),
  left: event(
    { ...rights, leftOn: z.string().nullable() },
    ({ it }) => `${it} has left: no roles, no rights`,
  ),
  let_in: event(
    { until: z.string() },
    ({ who, it, detail }) => `${who} let ${it} read here as an auditor, until ${detail.until ?? 'a day'}`,
  ),
  let_out: event(
    { until: z.string() },
    ({ it, detail }) => `${it} read here as an auditor until ${detail.until ?? 'a day'}, and does no more`,
  ),
  returned: event({ leftOn: z.string().nullable() }, ({ who, it }) => `${who} brought ${it} back`),
  unreachable: event(
    { platform: z.string(), reason: z.string() },
    ({ it, detail }) => `Nothing reaches ${it} in ${detail.platform ?? 'a chat'} any more`,
  ),
});
const identities = declareEvents('identity', {
  bound: event(
    { ...account, by: z.string() },
    ({ it, detail }) => `An account of ${detail.platform ?? 'a chat'} is ${it}'s`,
  ),
  unbound: event(
    account,
    ({ who, it, detail }) => `${who} took an account of ${detail.platform ?? 'a chat'} from ${it}`,
  ),
  inside: event(
    account,
    ({ it, detail }) => `${detail.platform ?? 'The chat'} says that ${it} is a colleague`,
  ),
  outside: event(
    account,
    ({ it, detail }) => `${detail.platform ?? 'The chat'} says that ${it} is no colleague`,
  ),
});
const proposals = declareEvents('proposal', {
  confirmed: event({}, ({ who, it }) => `${who} confirmed ${it}`),
  applied: event({}, ({ it }) => `What ${it} said was written`),
  cancelled: event({}, ({ who, it }) => `${who} cancelled ${it}`),
  conflict: event({}, ({ it }) => `${it} was overtaken`),
  expired: event({}, ({ it }) => `${it} was not decided in time`),
});
const settings = declareEvents('setting', {
  changed: event({ value: z.unknown() }, ({ who, it }) => `${who} changed ${it}`),
});

const evidences = declareEvents('evidence', {
  submitted: event(
    {
      evidence: z.number(),
      revision: z.number(),
      sha256: z.string().optional(),
      size: z.number().optional(),
      type: z.string().optional(),
    },
    ({ who, it, detail, kept }) => `${who} added evidence to ${it}: ${keptEvidence(kept, detail)}`,
  ),
  in_review: event(
    judged,
    ({ it, detail, kept }) => `The evidence of ${it} waits to be looked at: ${keptEvidence(kept, detail)}`,
  ),
  accepted: event(
    judged,
    ({ who, it, detail, kept }) => `${who} accepted the evidence of ${it}: ${keptEvidence(kept, detail)}`,
  ),
  rejected: event(
    judged,
    ({ who, it, detail, kept }) =>
      `${who} did not accept the evidence of ${it}: ${keptEvidence(kept, detail)}`,
  ),
  expiring: event(
    judged,
    ({ it, detail, kept }) => `Evidence of ${it} runs out soon: ${keptEvidence(kept, detail)}`,
  ),
  expired: event(
    judged,
    ({ it, detail, kept }) => `Evidence of ${it} has run out: ${keptEvidence(kept, detail)}`,
  ),
});
const notes = declareEvents('register_note', {
  written: event(
    { note: z.number() },
    ({ who, it, detail, kept }) =>
      `${who} wrote about ${it}: ${kept(`note:${detail.note ?? 0}`) ?? noLongerKept}`,
  ),
});

const codes = declareEvents('screen_code', {
  made: event(
    { people: z.array(z.number()) },
    ({ who, detail }) => `${who} made new codes for ${(detail.people ?? []).length} people without chat`,
  ),
});
const screens = declareEvents('screen', {
  opened: event({}, ({ who }) => `${who} began at a shared screen`),
});
const absences = declareEvents('absence', {
  imported: event(
    { absences: z.number(), sha256: z.string() },
    ({ who, detail }) => `${who} brought ${detail.absences ?? 0} absences`,
  ),
});
const digests = declareEvents('digest', {
  sent: event(
    { people: z.array(z.number()) },
    ({ it, detail }) => `${it} was told what is overdue of ${(detail.people ?? []).length} people`,
  ),
});
const moreTime = declareEvents('more_time', {
  requested: event(
    { from: z.string().nullable(), to: z.string() },
    ({ who, it, detail }) => `${who} asked for more time on ${it}, until ${detail.to ?? 'later'}`,
  ),
  approved: event(
    { from: z.string().nullable(), to: z.string() },
    ({ who, it, detail }) => `${who} gave more time on ${it}, until ${detail.to ?? 'later'}`,
  ),
  refused: event(
    { from: z.string().nullable(), to: z.string() },
    ({ who, it }) => `${who} gave no more time on ${it}`,
  ),
});

declare module '../db/audit-event.ts' {
  interface AuditEvents {
    person: typeof people;
    identity: typeof identities;
    proposal: typeof proposals;
    setting: typeof settings;
    evidence: typeof evidences;
    register_note: typeof notes;
    screen_code: typeof codes;
    screen: typeof screens;
    absence: typeof absences;
    digest: typeof digests;
    more_time: typeof moreTime;
  }
}
