/** What the certification body waits for, and when it comes: lines of a card, and the answer to «what does it still want?». */
import { actionId, type Context, type ItemParts, type ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import type { Certification } from '../../isms/certification/certification.ts';
import { byDay, selectOpenFindings, wantedOf, type Wanted } from '../../isms/certification/findings.ts';
import { selectPlannedVisits } from '../../isms/certification/planned.ts';
import { selectCycle } from '../../isms/certification/rules.ts';
import { majorsUntil, visitsAhead, type Visit } from '../../isms/certification/visits.ts';
import type { Nonconformity } from '../../isms/nonconformity/nonconformity.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { dueInWords } from '../../language/due-words.ts';

const visitNames: Readonly<Record<string, string>> = {
  stage1: 'Stage 1',
  stage2: 'Stage 2',
  surveillance: 'Surveillance audit',
  recertification: 'Recertification audit',
};

/** «Surveillance audit, 14 September 2027 to 14 December 2027». */
function visitInWords({ kind, opensOn, lastOn }: Visit): string {
  return `${visitNames[kind]}, ${spanInWords(opensOn, lastOn)}`;
}

function spanInWords(from: string, until: string): string {
  return from === until ? dayInWords(from) : `${dayInWords(from)} to ${dayInWords(until)}`;
}

/** What the card says beside its columns: what is planned, and what has to be. */
export async function datesShown(tx: Queryable, certification: Certification) {
  const cycle = await selectCycle(tx, certification);
  const [next] = visitsAhead(certification, cycle);
  const [planned] = await selectPlannedVisits(tx, certification);
  const majors = majorsUntil(certification, cycle);
  return [
    ...(planned === undefined
      ? []
      : [
          {
            label: 'Planned',
            value: `${visitNames[planned.kind] ?? planned.kind}, ${spanInWords(planned.plannedFrom, planned.plannedUntil)} (${planned.reference})`,
          },
        ]),
    ...(next === undefined
      ? []
      : [{ label: planned === undefined ? 'Next visit' : 'To be held', value: visitInWords(next) }]),
    ...(majors === null
      ? []
      : [{ label: 'Majors', value: `to be verified by ${dayInWords(majors)}, else Stage 2 is held again` }]),
  ];
}

export async function findingsShown(tx: Queryable, { person, now }: Context, certification: Certification) {
  const today = dayOf(now, person.timeZone);
  const all = (await selectOpenFindings(tx, person, certification)).map((finding) => ({ finding, wanted: wantedOf(finding) }));
  return all
    .toSorted((one, other) => byDay(one.wanted, other.wanted))
    .map(({ finding, wanted }) => ({ wanted, isLate: wanted.on !== null && wanted.on < today, item: itemOf(finding, wanted, today) }));
} // prettier-ignore

function itemOf(finding: Nonconformity, { what, on, ours }: Wanted, today: string): ItemParts {
  const { reference, title, grade, bodyFinding, bodyAnsweredOn } = finding;
  const due = on === null ? null : dueInWords('en', on, today);
  const detail = [
    ours ? `it wants ${what}${due === null ? '' : `, ${due}`}` : `it wants ${what}`,
    reference,
    grade,
    bodyFinding === null ? null : `its ${bodyFinding}`,
    bodyAnsweredOn === null ? null : `answer sent ${dayInWords(bodyAnsweredOn)}`,
  ];
  return {
    text: title,
    detail: detail.filter((part) => part !== null).join(' · '),
    button: { id: actionId('corrective-actions.show', { record: reference }), label: 'Look' },
  };
}

/** The answer to «what does the certification body still want?». */
export async function wantedCard(tx: Queryable, context: Context, certification: Certification): Promise<ReplyParts> {
  const { body, reference } = certification;
  const found = await findingsShown(tx, context, certification);
  const ours = found.filter(({ wanted }) => wanted.ours);
  const late = found.filter(({ isLate }) => isLate).length;
  const many = `${ours.length} ${ours.length === 1 ? 'thing' : 'things'}`;
  const lateWords = late === 0 ? '' : late === ours.length ? (late === 1 ? ', and it is overdue' : ', all overdue') : `, ${late} of them overdue`;
  return {
    text: ours.length === 0 ? `${body} wants nothing from us now.` : `${body} still wants ${many} from us${lateWords}.`,
    facts: await datesShown(tx, certification),
    items: found.map(({ item }) => item),
    buttons: [{ id: actionId('certifications.show', { record: reference }), label: 'Show the certification' }],
  };
} // prettier-ignore
