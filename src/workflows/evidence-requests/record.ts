/** The record of evidence that is asked for: its card, its list, and the moves that need no look at what was brought. */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { personNamed } from '../../dialogue/form.ts';
import { field } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import {
  canMake,
  evidenceRequests,
  mayAskForEvidence,
  openStates,
  requestStates,
  selectRequestFacts,
  toLookAtSql,
  type EvidenceRequest,
  type EvidenceRequestFacts,
} from '../../isms/evidence-request/evidence-request.ts';
import { selectAuditNames } from '../../isms/evidence-request/in-audit.ts';
import { dropBrought } from '../../isms/evidence-request/moves.ts';
import { addDays, dayOf, inFull, momentInWords } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { refuseUnlessWorking } from '../../records/command-context.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { selectPerson } from '../../records/person.ts';
import { selectSetting } from '../../records/setting.ts';
import { askByForm, askFields, monthsIn } from './ask.ts';
import { auditIn } from './in-audit.ts';
import { asksOwner, auditInWords, bringId, requirementInWords, reviewButton, room, sayTo } from './said.ts';

const part = words('evidence/part');
const ended = ['withdrawn'];
const toReview = ['submitted', 'in_review'];

export const base = recordRoom<EvidenceRequest, EvidenceRequestFacts>({
  name: room,
  offer: {
    text: 'I ask people for evidence («ask Ben for the access review of Q4 for A.5.18 until 15 January»), and say what is missing or runs out.',
    examples: ['which evidence is missing?'],
    to: mayAskForEvidence,
    first: {
      auditor: {
        text: 'Say what you want to see («request: the last restore test»): it is on a list, and you hear of it once it is there.',
        example: 'my requests',
      },
    },
  },
  record: evidenceRequests,
  states: requestStates,
  facts: selectRequestFacts,
  title: ({ title }) => title,
  columns: {
    Evidence: 'title',
    For: ({ requirements }) => requirements.map(requirementInWords).join('; ') || null,
    'Has to show': ({ what, title }) => (what === title ? null : what),
    Owner: 'ownerId',
    'Asked by': ({ askedByName, forAuditor }) => (forAuditor ? `${askedByName}, auditor` : askedByName),
    When: whenInWords,
    'Sent back': ({ state, stateReason }) => (state === 'rejected' ? stateReason : null),
    'Taken back': ({ state, stateReason }) => (state === 'withdrawn' ? stateReason : null),
    'Speaks of': ({ datedOn }) => (datedOn === null ? null : inFull(datedOn)),
    Accepted: ({ acceptedAt, acceptedByName }, zone) => (acceptedAt === null ? null : `by ${acceptedByName ?? ''}, ${momentInWords(acceptedAt, zone)}`),
    'Given by': ({ givenByName }) => givenByName,
  },
  besides: { Audit: auditsOf },
  people: ['ownerId'],
  list: {
    says: 'evidence requests',
    one: 'piece of evidence',
    many: 'pieces of evidence',
    newestFirst: true,
    columns: ['Evidence', 'Owner', 'When'],
    part: listPart,
  },
  async shows(tx, row, { person }) {
    const facts = await selectRequestFacts(tx, row);
    const may = (move: string) => canMake(move, person, row, facts);
    const looks = toReview.includes(row.state) && (may('review') || may('give'));
    const audit = await auditInWords(tx, row);
    return {
      facts: audit === null ? [] : [{ label: 'Audit', value: audit }],
      buttons: [
        ...(looks || may('give') ? [{ ...reviewButton(row.reference), style: 'primary' as const }] : []),
        ...(may('bring') && !looks ? [{ id: bringId(row.reference), label: row.ownerId === person.id ? 'Bring it' : 'Bring it for them' }] : []),
      ],
    };
  },
  begin: {
    says: 'request evidence',
    words: words('evidence/begin'),
    lead: 'Which evidence do you need?',
    title: 'Ask for evidence',
    submit: 'Ask',
    readersToo: true,
    fields: async (_tx, { person }) => askFields(person),
    write: askByForm,
  },
  moves: {
    takeBack: {
      label: 'Take it back',
      async sets(tx, context, row) {
        await dropBrought(tx, commandOf(context), row);
        return {};
      },
      event: (detail) => ({ action: 'evidence_request.taken_back', detail }),
    },
    passOn: {
      label: 'Pass it on',
      fields: [field('who', 'To whom?', 'text', { hint: 'Name or e-mail address.' })],
      async sets(tx, context, row, { who }) {
        const { id } = await personNamed(tx, context, String(who), 'who');
        await refuseUnlessWorking(tx, id);
        await lookSoon(tx, [id], context.now);
        // What an auditor waits for is told at once.
        return { owner_id: id, told_at: row.forAuditor ? context.now : null };
      },
      event: (_moved, { ownerId: from }, { ownerId: to }) => ({ action: 'evidence_request.passed_on', detail: { from, to } }),
      told: async (tx, context, changed) => (changed.toldAt === null ? [] : asksOwner(tx, commandOf(context), changed)),
    },
    change: {
      label: 'Change',
      fields: ({ title, what, dueOn, months }) => [
        field('title', 'Which evidence?', 'text', { value: title }),
        field('what', 'What has it to show?', 'multiline', { value: what }),
        field('due_on', 'By when?', 'date', { value: dueOn }),
        field('months', 'For how many months does it count?', 'text', { required: false, hint: '0 for no end.', value: String(months ?? 0) }),
      ],
      sets: (_tx, _context, _row, filled) => ({ ...filled, months: monthsIn({ months: typeof filled.months === 'string' ? filled.months : '' }) }),
      event: (detail) => ({ action: 'evidence_request.changed', detail }),
    },
    withdraw: {
      label: 'Take the request back',
      fields: [field('state_reason', 'Why is it not needed any more?', 'multiline')],
      event: (detail, _before, { stateReason }) => ({ action: 'evidence_request.withdrawn', detail: { ...detail, reason: stateReason ?? '' } }),
      async told(tx, context, { ownerId, title }) {
        const owner = await selectPerson(tx, ownerId);
        return tell(commandOf(context), [ownerId], { text: sayTo(owner)('withdrawn', { name: context.person.name, title }) });
      },
    },
  },
}); // prettier-ignore

/** For each its audit, by reference. */
export async function auditsOf(tx: Queryable, rows: readonly EvidenceRequest[]): Promise<(string | null)[]> {
  const names = await selectAuditNames(tx, rows);
  return rows.map(({ auditId }) => names.get(auditId ?? 0)?.reference ?? null);
}

/** The day that matters now. */
function whenInWords(
  { state, dueOn, expiresOn, givenAt, forAuditor }: EvidenceRequest,
  zone: string,
): string | null {
  if (givenAt !== null) return `given ${inFull(dayOf(givenAt, zone))}`;
  if (['requested', 'rejected'].includes(state) || forAuditor) return `by ${inFull(dueOn)}`;
  return expiresOn === null || state === 'withdrawn' ? null : `until ${inFull(expiresOn)}`;
}

/** Which of them somebody asks for; what is missing is whatever is still to be brought. */
async function listPart(tx: Queryable, context: Context, said: string) {
  const { now } = context;
  const of = (noun: string, where: string, parameter: unknown) => ({ noun, where, parameters: [parameter], said });
  const audit = await auditIn(tx, context, said);
  if (audit !== null) return of(`asked for in ${audit.reference}`, 'audit_id = $3', audit.id);
  const { timeZone } = await selectSetting(tx, 'working_time');
  const { expiringDays } = await selectSetting(tx, 'evidence.requests');
  switch (part.is(said)) {
    case 'missing':
      return of('still missing', "state = any($3) and state <> 'expiring' and given_at is null", openStates);
    case 'expiring':
      return of('running out soon', "state in ('accepted', 'expiring') and expires_on <= $3::date", addDays(dayOf(now, timeZone), expiringDays));
    case 'review':
      return of('to look at', `${toLookAtSql} and $3::boolean`, true);
    case 'auditor':
      return of('on the auditor’s list', 'for_auditor and not state = any($3)', ended);
    case 'mine':
      return of('that you asked for', 'asked_by = $1 and not state = any($3)', ended);
    case 'all':
      return of('in all', 'not state = any($3)', ended);
    default:
      return null;
  }
} // prettier-ignore
