/** Days of the calendar as lines of a message, rows of a table and days of a calendar file. */
import { actionId, type ItemParts, type OpenerParts, type Workflow } from '../../conversation/contract.ts';
import type { CalendarDay } from '../../files/write-calendar.ts';
import type { Table } from '../../files/write-table.ts';
import type { Dated } from '../../isms/calendar/day.ts';
import { lessonNamed } from '../../isms/training/lesson-bank.ts';
import { dayInWords } from '../../language/calendar.ts';
import { dueInWords } from '../../language/due-words.ts';
import { shortened } from '../../language/text.ts';
import { sayIn, wording, type Language } from '../../language/wording.ts';

/** Characters of a title that a line has room for. */
const longestTitle = 90;

/** The rooms that open records, by the prefix of their references. */
const roomOf: Readonly<Record<string, string>> = {
  AU: 'audits',
  CA: 'corrective-actions',
  CE: 'certifications',
  CM: 'campaigns',
  EV: 'evidence-requests',
  IM: 'improvements',
  IN: 'incidents',
  IP: 'interested-parties',
  ME: 'metrics',
  MR: 'management-reviews',
  NC: 'corrective-actions',
  OB: 'objectives',
  SO: 'statement-of-applicability',
};

/** What the day is of: «Internal audit B», «Statement of Applicability 2.0». */
function titleOf({ kind, title }: Dated, language: Language): string {
  const say = wording('calendar', language);
  const lesson = kind === 'training' ? lessonNamed(title) : null;
  const said =
    lesson !== null
      ? sayIn(lesson.title, language)
      : kind === 'soa_review' || kind === 'incident_notice'
        ? say(`${kind}_title`, { title })
        : title;
  return shortened(said.replace(/\s+/g, ' '), longestTitle);
}

function kindOf({ kind }: Dated, language: Language): string {
  return wording('calendar', language)(kind);
}

/** «due Friday, 4 December», «4 days overdue», «14 September to 14 December 2027» of what can be done on one of several days. */
function whenOf({ opensOn, dueOn }: Dated, language: Language, today: string): string {
  if (opensOn === null || opensOn === dueOn || dueOn < today) return dueInWords(language, dueOn, today);
  return `${dayInWords(opensOn)} – ${dayInWords(dueOn)}`;
}

export function itemOf(dated: Dated, language: Language, { today, viewer, workflows }: { today: string; viewer: number; workflows: readonly Workflow[] }): ItemParts {
  const { kind, reference, person, personId } = dated;
  const detail = [whenOf(dated, language, today), kindOf(dated, language), kind === 'training' ? null : reference, personId === viewer ? null : person];
  return {
    text: titleOf(dated, language),
    detail: detail.filter((part) => part !== null).join(' · '),
    button: buttonOf(dated, workflows),
  };
} // prettier-ignore

/** Its record's own card, where it has one. */
function buttonOf({ kind, reference, title }: Dated, workflows: readonly Workflow[]): OpenerParts | null {
  if (reference === null) return null;
  const [command, values] =
    kind === 'acknowledgement'
      ? ['acknowledgements.policy', { of: reference }]
      : kind === 'training'
        ? ['awareness.lesson', { topic: title }]
        : [`${roomOf[reference.slice(0, 2)] ?? ''}.show`, { record: reference }];
  const isThere = workflows.some(({ actions }) => Object.hasOwn(actions, command));
  return isThere ? { id: actionId(command, values), label: 'Look' } : null;
}

const columns = ['due', 'from', 'what', 'title', 'reference', 'with', 'overdue'];

export function tableOf(all: readonly Dated[], today: string): Table {
  const rows = all.map((dated) => [
    dated.dueOn,
    dated.opensOn ?? '',
    kindOf(dated, 'en'),
    dated.title,
    dated.reference ?? '',
    dated.person ?? '',
    dated.dueOn < today ? 'yes' : 'no',
  ]);
  return { columns, rows };
}

/** What takes several days stands on all of them; what can be done on one of several on the last. */
export function dayOfCalendar(dated: Dated, language: Language): CalendarDay {
  const { record, kind, part, opensOn, dueOn, reference, person } = dated;
  const isAudit = kind.startsWith('audit_');
  const kindSaid = kindOf(dated, language);
  return {
    id: [record.replace(':', '-'), kind, ...(part === undefined ? [] : [part])].join('-'),
    from: isAudit ? (opensOn ?? dueOn) : dueOn,
    until: dueOn,
    title: `${kindSaid.charAt(0).toUpperCase()}${kindSaid.slice(1)}: ${titleOf(dated, language)}`,
    text: [reference, person, isAudit || opensOn === null ? null : `${dayInWords(opensOn)} – ${dayInWords(dueOn)}`]
      .filter((line) => line !== null)
      .join('\n'),
  };
} // prettier-ignore
