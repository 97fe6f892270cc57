/** Whatever moves people make, in whatever order: what an auditor relies on holds. */
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { selectAuditHead, verifyAudit } from '../../src/db/audit.ts';
import type { Database, Queryable } from '../../src/db/database.ts';
import { claimDone, acceptAction, cancelAction, declineAction, reportProgress, returnAction, startAction, verifyAction, editAction } from '../../src/isms/corrective-action/moves.ts'; // prettier-ignore
import { lockAction, selectActionsOf, type ActionState } from '../../src/isms/corrective-action/corrective-action.ts'; // prettier-ignore
import { answerChange, proposeAction, waiveChange } from '../../src/isms/nonconformity/actions.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { addDays, dayOf } from '../../src/language/calendar.ts';
import { answerDelegation, offerAction } from '../../src/isms/corrective-action/delegation.ts';
import { decideDueChange, requestDueChange } from '../../src/isms/corrective-action/due-change.ts';
import { checkEffectiveness } from '../../src/isms/nonconformity/effectiveness.ts';
import { submitEvidence } from '../../src/isms/register/evidence.ts';
import { contain, recordCause, recordSimilar, regrade, rejectNonconformity, reopenNonconformity, settleImprovement, skipContainment } from '../../src/isms/nonconformity/moves.ts'; // prettier-ignore
import { checkChanges, planCheck } from '../../src/isms/nonconformity/check-plan.ts';
import { approvePlan, planActions } from '../../src/isms/nonconformity/plan.ts';
import { amendNonconformity } from '../../src/isms/nonconformity/amend.ts';
import { grades, raiseNonconformity, selectNonconformity, type NonconformityState } from '../../src/isms/nonconformity/nonconformity.ts'; // prettier-ignore
import { describeOnDatabases } from '../support/databases.ts';
import { address, commandOf, givenPlaces, now, refusalOf, type People, type Place } from './given-register.ts'; // prettier-ignore

/** Who tries what: everything a person could do, with the choices that they leave to chance. */
interface Try {
  tx: Queryable;
  command: CommandContext;
  people: People;
  nc: string;
  ca: string;
  /** From 0 to 999. */
  chance: number;
}
const anybody = ({ people, chance }: Try) => {
  const all = Object.values(people);
  return all[chance % all.length]?.id ?? 0;
};
const inDays = ({ command }: Try, days: number) => addDays(dayOf(command.at, command.actor.timeZone), days);
/** The newest row of the action, for those who decide about it. */
async function newest({ tx, ca }: Try, table: 'due_change' | 'delegation'): Promise<number> {
  const { rows } = await tx.query(
    `select max(${table}.id) as id from ${table} join corrective_action on corrective_action.id = action_id where reference = $1`,
    [ca],
  );
  return Number(rows[0]?.id ?? 0);
}

const moves = {
  contain: ({ tx, command, nc }: Try) => contain(tx, command, nc, { correction: 'Closed' }),
  skip: ({ tx, command, nc }: Try) => skipContainment(tx, command, nc, 'Nothing to contain'),
  cause: ({ tx, command, nc }: Try) =>
    recordCause(tx, command, nc, { method: 'other', rootCause: 'Trigger', chain: [] }),
  similar: ({ tx, command, nc }: Try) => recordSimilar(tx, command, nc, { result: 'None', linked: [] }),
  propose: (of: Try) =>
    proposeAction(of.tx, of.command, of.nc, {
      description: 'x',
      ownerId: anybody(of),
      dueOn: inDays(of, of.chance % 90),
    }),
  correct: (of: Try) =>
    proposeAction(of.tx, of.command, of.nc, {
      purpose: 'correction',
      description: 'x',
      ownerId: anybody(of),
      dueOn: inDays(of, of.chance % 90),
    }),
  answer10e: (of: Try) =>
    answerChange(
      of.tx,
      of.command,
      of.nc,
      of.chance % 5 === 0
        ? { description: 'x', ownerId: anybody(of), dueOn: inDays(of, of.chance % 90) }
        : null,
    ),
  waive: ({ tx, command, nc }: Try) => waiveChange(tx, command, nc, 'No need'),
  consequences: ({ tx, command, nc }: Try) => amendNonconformity(tx, command, nc, { consequences: 'None' }),
  otherCheck: async ({ tx, command, nc, chance }: Try) => {
    const { rows } = await tx.query(
      `select max(request.id) as id from request join nonconformity on nonconformity.id = record_id where kind = 'check_change' and reference = $1`,
      [nc],
    );
    return checkChanges.decide(tx, command, Number(rows[0]?.id ?? 0), chance % 2 === 0 ? 'approved' : 'refused', 'x'); // prettier-ignore
  },
  plan: ({ tx, command, nc }: Try) => planActions(tx, command, nc),
  approve: ({ tx, command, nc }: Try) => approvePlan(tx, command, nc),
  planCheck: (of: Try) =>
    planCheck(of.tx, of.command, of.nc, {
      criterion: 'None',
      ...(of.chance % 3 === 0 ? { checkerId: anybody(of) } : {}),
    }),
  check: ({ tx, command, nc, chance }: Try) => {
    const result = (['effective', 'effective', 'partly', 'not'] as const)[chance % 4] ?? 'not';
    return checkEffectiveness(tx, command, nc, {
      method: 'Sample',
      findings: 'x',
      result,
    });
  },
  reopen: ({ tx, command, nc }: Try) => reopenNonconformity(tx, command, nc, 'Again'),
  reject: ({ tx, command, nc }: Try) => rejectNonconformity(tx, command, nc, 'None'),
  edit: ({ tx, command, ca, chance }: Try) =>
    editAction(tx, command, ca, { description: `x${chance}`, expectedEvidence: null }),
  regrade: ({ tx, command, nc, chance }: Try) => regrade(tx, command, nc, grades[chance % 4] ?? 'minor', 'x'),
  settle: ({ tx, command, nc, chance }: Try) =>
    settleImprovement(tx, command, nc, chance % 2 === 0 ? 'accepted' : 'declined', 'x'),
  giveAway: (of: Try) => amendNonconformity(of.tx, of.command, of.nc, { ownerId: anybody(of) }),
  approver: (of: Try) => amendNonconformity(of.tx, of.command, of.nc, { approverId: anybody(of) }),
  accept: ({ tx, command, ca }: Try) => acceptAction(tx, command, ca),
  decline: ({ tx, command, ca }: Try) => declineAction(tx, command, ca, 'No'),
  start: ({ tx, command, ca }: Try) => startAction(tx, command, ca),
  progress: ({ tx, command, ca, chance }: Try) => reportProgress(tx, command, ca, chance % 101),
  claim: ({ tx, command, ca }: Try) => claimDone(tx, command, ca),
  attach: async ({ tx, command, ca, chance }: Try) =>
    submitEvidence(tx, command, { ...(await lockAction(tx, ca)), purpose: 'action', exhibit: { kind: 'link', address: `${address}?${chance}` } }), // prettier-ignore
  verify: ({ tx, command, ca }: Try) => verifyAction(tx, command, ca),
  return: ({ tx, command, ca }: Try) => returnAction(tx, command, ca, 'More'),
  cancel: ({ tx, command, ca }: Try) => cancelAction(tx, command, ca, 'No need'),
  moreTime: (of: Try) =>
    requestDueChange(of.tx, of.command, of.ca, { toDueOn: inDays(of, of.chance % 99), reason: 'x' }),
  decide: async (of: Try) =>
    decideDueChange(
      of.tx,
      of.command,
      await newest(of, 'due_change'),
      of.chance % 2 === 0 ? 'approved' : 'refused',
      'x',
    ),
  offer: (of: Try) =>
    offerAction(of.tx, of.command, of.ca, {
      toId: of.chance % 2 === 0 ? of.people.assignee.id : anybody(of),
      note: 'x',
    }),
  answer: async (of: Try) =>
    answerDelegation(
      of.tx,
      of.command,
      await newest(of, 'delegation'),
      of.chance % 3 === 0 ? 'declined' : 'taken',
    ),
};
type Move = keyof typeof moves;
const ownersMoves = new Set<Move>([
  'accept',
  'decline',
  'start',
  'progress',
  'claim',
  'attach',
  'moreTime',
  'offer',
]);

/** What leads on from there: half of all tries choose among these, or few runs would get anywhere. */
const forward: Record<NonconformityState, Move[]> = {
  open: ['contain', 'contain', 'skip', 'settle', 'propose', 'plan'],
  contained: ['cause', 'similar'],
  cause_found: ['propose', 'consequences', 'planCheck', 'answer10e', 'approve', 'approve', 'plan'],
  action_planned: ['approve', 'planCheck', 'otherCheck', 'answer10e', 'settle', 'cancel'],
  implemented: ['planCheck'],
  verifying: ['check', 'check', 'check', 'check'],
  closed: ['reopen'],
  rejected: [],
};

/** The same for the action of a plan. */
const onwardWith: Partial<Record<ActionState, Move[]>> = {
  proposed: ['claim', 'accept', 'moreTime', 'offer', 'answer'],
  accepted: ['claim', 'attach', 'start', 'offer', 'answer'],
  in_progress: ['attach', 'claim', 'moreTime', 'decide', 'answer'],
  done_claimed: ['attach', 'verify', 'verify', 'return'],
};

const step = fc.record({
  by: fc.constantFrom<Place>(
    'owner',
    'raiser',
    'approver',
    'actor',
    'manager',
    'manager',
    'auditor',
    'outsider',
    'assignee',
  ),
  move: fc.constantFrom(...(Object.keys(moves) as Move[])),
  /** Chooses a move that leads on instead, by somebody who probably may. */
  onwards: fc.boolean(),
  chance: fc.nat(999),
  pick: fc.nat(59),
  likelier: fc.nat(3),
  days: fc.nat(30),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const starts = ['raised', 'planned', 'verifying'] as const;

async function play(
  db: Database,
  people: People,
  grade: (typeof grades)[number],
  steps: Step[],
  start: (typeof starts)[number],
) {
  let at = now;
  let known: Awaited<ReturnType<typeof read>> | null = null;
  const read = async () => {
    const nonconformity = await selectNonconformity(db, raised.id);
    return {
      nonconformity,
      actions: await selectActionsOf(db, `nonconformity:${raised.id}`, nonconformity.round),
    };
  };
  const raised = await db.transaction((tx) =>
    raiseNonconformity(tx, commandOf(people.raiser, at), {
      title: 'x', requirement: 'A.5.18', evidenceSeen: 'x', gap: 'x', source: 'self', identifiedOn: '2027-02-20', grade, gradeReason: 'x',
      ownerId: people.owner.id,
    }),
  ); // prettier-ignore
  const did: string[] = [];
  if (start !== 'raised' && grade !== 'ofi')
    await db.transaction(async (tx) => {
      const of = {
        tx,
        command: commandOf(people.owner, at),
        people,
        nc: raised.reference,
        ca: '',
        chance: 1,
      };
      for (const move of ['contain', 'cause', 'similar'] as const) await moves[move](of);
      const doing = { description: 'x', ownerId: people.actor.id, dueOn: '2027-05-01' };
      const { reference } = await proposeAction(tx, of.command, of.nc, doing);
      await planCheck(tx, of.command, of.nc, { criterion: 'None', dueOn: inDays(of, 1) });
      await answerChange(tx, of.command, of.nc, null);
      await moves.consequences(of);
      await approvePlan(tx, commandOf(people.manager, at), of.nc);
      if (start === 'planned') return;
      const done = { ...of, ca: reference, command: commandOf(people.actor, at) };
      for (const move of ['claim', 'attach'] as const) await moves[move](done);
      await verifyAction(tx, of.command, reference);
    });
  for (const { by, move, onwards, chance, pick, likelier, days } of steps) {
    at = new Date(at.getTime() + days * 86_400_000 + 60_000);
    const { nonconformity, actions } = (known ??= await read());
    const action = actions[chance % Math.max(1, actions.length)];
    const next =
      (nonconformity.state === 'action_planned' && likelier > 0
        ? onwardWith[action?.state ?? 'verified']
        : null) ?? forward[nonconformity.state];
    const chosen = onwards ? (next[pick % next.length] ?? move) : move;
    const likely = ownersMoves.has(chosen)
      ? action?.ownerId
      : chosen === 'answer'
        ? people.assignee.id
        : people.manager.id;
    const person = Object.values(people).find(({ id }) => likelier > 0 && id === likely) ?? people[by];
    const doing = {
      command: commandOf(person, at),
      people,
      nc: raised.reference,
      ca: action?.reference ?? 'CA-1999-001',
      chance,
    };
    const doIt: (of: Try) => Promise<unknown> = moves[chosen];
    const refusal = await refusalOf(db.transaction((tx) => doIt({ tx, ...doing })));
    if (refusal !== null) continue;
    did.push(chosen);
    known = null;
    if (chosen === 'approve')
      expect([nonconformity.ownerId, ...actions.map(({ ownerId }) => ownerId)]).not.toContain(person.id);
  }
  return { id: raised.id, did };
}

/** What must never be found, each as a query that finds it for the non-conformity `$1`, in the audit log from `$2` on. */
const never: Record<string, string> = {
  'a closed non-conformity without an effective check of this cycle by somebody who owned none of its actions': `
    select from nonconformity where id = $1 and state = 'closed' and grade in ('major', 'minor') and not exists (
      select from effectiveness_check held where nonconformity_id = $1 and held.cycle = nonconformity.cycle and result = 'effective'
        and checked_by = closed_by and checked_at::date >= due_on
        and not exists (select from corrective_action where nonconformity_id = $1 and owner_id = checked_by)
        and not exists (select from delegation join corrective_action own on own.id = action_id
          where own.nonconformity_id = $1 and delegation.state = 'taken' and from_id = checked_by))`,
  'a due date that no approved request gave it': `
    select from corrective_action own where nonconformity_id = $1 and due_on <> coalesce((select to_due_on from due_change
      where action_id = own.id and state = 'approved' order by decided_at desc limit 1), original_due_on)`,
  'an original due date that differs from the one it was proposed with': `
    select from corrective_action own join audit_entry on seq > $2 and payload::jsonb ->> 'record' = 'corrective_action:' || own.id
      and payload::jsonb ->> 'action' = 'corrective_action.proposed'
    where nonconformity_id = $1 and payload::jsonb #>> '{detail,due}' <> original_due_on::text`,
  'a due date decided by whoever asked for it': `
    select from due_change join corrective_action own on own.id = action_id where nonconformity_id = $1 and decided_by = requested_by`,
  'a verified action without evidence that was accepted, or verified by its owner': `
    select from corrective_action own where nonconformity_id = $1 and own.state = 'verified' and (verified_by is null or verified_by = owner_id
      or not exists (select from evidence where action_id = own.id and state = 'accepted'))`,
  'two requests or two offers that wait for the same action, or an offer of one that nobody works on': `
    select action_id from due_change where state = 'requested' group by 1 having count(*) > 1
    union all select action_id from delegation where state = 'offered' group by 1 having count(*) > 1
    union all select action_id from delegation join corrective_action own on own.id = action_id
      where delegation.state = 'offered' and own.state not in ('proposed', 'accepted', 'in_progress')`,
  'a non-conformity whose plan was done but not approved, or that has nothing done, or something undone': `
    select from nonconformity where id = $1 and grade in ('major', 'minor') and state in ('implemented', 'verifying', 'closed') and (plan_approved_by is null
      or not exists (select from corrective_action own where nonconformity_id = $1 and own.round = nonconformity.round and own.state = 'verified')
      or exists (select from corrective_action own where nonconformity_id = $1 and own.round = nonconformity.round
        and own.state in ('proposed', 'accepted', 'in_progress', 'done_claimed')
        and (own.purpose <> 'correction' or nonconformity.state = 'closed')))`,
  'a major closed by somebody who led it, verified an action of it, or without saying what it led to': `
    select from nonconformity where id = $1 and grade = 'major' and state = 'closed' and (consequences is null
      or closed_by = owner_id or exists (select from corrective_action where nonconformity_id = $1 and verified_by = closed_by))`,
  'one closed without 10.2 e) answered, and made or waived': `
    select from nonconformity where id = $1 and grade in ('major', 'minor') and state = 'closed' and (isms_change_needed is null
      or isms_change_needed and change_waived_by is null and not exists (select from corrective_action own where nonconformity_id = $1
        and own.round = nonconformity.round and own.purpose = 'isms_change' and own.state = 'verified'))`,
  'a criterion or a day that nobody approved with the plan or after it': `
    select from nonconformity where id = $1 and grade in ('major', 'minor') and plan_approved_at is not null and criterion is null`,
  'a cause found without a root cause and a search for similar ones': `
    select from nonconformity where id = $1 and grade in ('major', 'minor') and state not in ('open', 'contained', 'rejected')
      and (root_cause is null or similar_searched_at is null or (correction is null and correction_skipped is null))`,
};

const ways = {
  nonconformity: `open contained, contained cause_found, cause_found action_planned, action_planned implemented, implemented verifying,
    verifying closed, verifying cause_found, verifying action_planned, implemented action_planned, contained open, cause_found open,
    action_planned open, action_planned contained, contained rejected, cause_found rejected, action_planned rejected, implemented rejected,
    verifying rejected, rejected open, closed open, open rejected, open action_planned, open closed, action_planned closed`,
  corrective_action: `proposed accepted, proposed declined, accepted in_progress, in_progress done_claimed, done_claimed verified,
    done_claimed in_progress, proposed cancelled, accepted cancelled, in_progress cancelled, done_claimed cancelled`,
};

/** Follows each record through the audit log: every step along an allowed edge, from where the last one ended to where it is now. */
async function strays(tx: Queryable, id: number, since: number): Promise<string[]> {
  const found: string[] = [];
  const { rows } = await tx.query(
    `select 'nonconformity' as kind, id, state, version from nonconformity where id = $1
     union all select 'corrective_action', id, state, version from corrective_action where nonconformity_id = $1`,
    [id],
  );
  for (const { kind, id: each, state, version } of rows) {
    const record = `${String(kind)}:${String(each)}`;
    const steps = await tx.query(
      `select payload::jsonb #>> '{detail,from}' as left, payload::jsonb #>> '{detail,to}' as reached from audit_entry
       where seq > $3 and payload::jsonb ->> 'record' = $1 and payload::jsonb ->> 'action' = $2 || '.' || coalesce(nullif(payload::jsonb #>> '{detail,to}', 'open'), 'reopened')
       order by seq`,
      [record, kind, since],
    );
    let at = kind === 'nonconformity' ? 'open' : 'proposed';
    for (const { left, reached } of steps.rows) {
      const edge = `${String(left)} ${String(reached)}`;
      const allowed = ways[kind as keyof typeof ways].split(/,\s+/);
      if (left !== at || !allowed.includes(edge)) found.push(`${record} went ${edge} from ${at}`);
      at = String(reached);
    }
    if (at !== state) found.push(`${record} is ${String(state)}, but the log ends at ${at}`);
    if (Number(version) < 1 + steps.rows.length)
      found.push(`${record} has version ${String(version)} after ${steps.rows.length} steps`);
  }
  return found;
}

describeOnDatabases('random moves of random people', (test) => {
  let people: People;
  beforeEach(async () => {
    people = await givenPlaces(test.db);
  });

  it('leave nothing that must never be', async () => {
    const done = new Map<string, number>();
    const queries = Object.entries(never).map(
      ([what, sql]) => `select '${what}' as what where exists (${sql})`,
    );
    let runs = 0;
    const run = async (steps: Step[]) => {
      const grade = grades[Math.floor(runs / 3) % 3] ?? 'major';
      const start = starts[runs % 3] ?? 'raised';
      runs += 1;
      const { seq } = await selectAuditHead(test.db);
      const { id, did } = await play(test.db, people, grade, steps, start);
      for (const move of did) done.set(move, (done.get(move) ?? 0) + 1);

      const { rows } = await test.db.query(queries.join(' union all '), [id, seq]);
      expect(rows, did.join(', ')).toEqual([]);
      expect(await strays(test.db, id, seq)).toEqual([]);
    };

    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 40 }), run), {
      numRuns: 12,
      endOnFailure: true,
    });

    expect((await verifyAudit(test.db)).faults).toEqual([]);
    // Runs that get nowhere would prove nothing.
    expect(done.get('check')).toBeGreaterThan(0);
  });
});
