/** The report in chat: a line a finding, and one finding with its facts, what promises otherwise and who can mend it. */
import {
  actionId,
  type ButtonParts,
  type Context,
  type ItemParts,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { isReadOnly } from '../../records/command-context.ts';
import { selectByRole } from '../../records/person.ts';
import type { PredictedFinding } from '../../isms/predicted-finding/finding.ts';
import { dayInWords } from '../../language/calendar.ts';
import {
  byWhen,
  factsShortly,
  findingLine,
  gradeWords,
  limits,
  ownersInWords,
  promisePlace,
  requirementInWords,
  room,
  verdict,
  whyThen,
} from './phrases.ts';
import { reportFor, type Reported } from './reader.ts';

/** Findings that one message has room for, and records of one. */
const shown = 8;
const factsShown = 10;

export function dayValues({ moment }: Pick<Reported, 'moment'>): Record<string, string> {
  return moment.isPast ? { day: moment.day } : {};
}

export async function reportCard(
  tx: Queryable,
  context: Context,
  day: string | null,
  page = 0,
): Promise<ReplyParts> {
  const reported = await reportFor(tx, context, day);
  if (reported === null) return notForThem(tx, context);
  const { findings } = reported;
  const values = dayValues(reported);
  const from = page * shown;
  const left = findings.length - from - shown;
  const when = reported.moment.isPast ? `on ${dayInWords(reported.moment.day)}` : 'today';
  if (findings.length === 0)
    return { text: `Nothing: our records gave an auditor nothing to write ${when}.`, aside: limits };
  const next: ButtonParts[] =
    left > 0 ? [{ id: actionId(`${room}.show`, { ...values, page: page + 1 }), label: `${left} more` }] : [];
  return {
    text:
      from === 0
        ? verdict(reported)
        : `${verdict(reported)} These are ${from + 1} to ${Math.min(from + shown, findings.length)}.`,
    items: findings.slice(from, from + shown).map((finding) => findingItem(finding, values)),
    buttons: [{ id: actionId(`${room}.report`, values), label: 'As a report' }, ...next],
    aside: limits,
  };
}

function findingItem(finding: PredictedFinding, values: Record<string, string>): ItemParts {
  const { raised, promise } = finding;
  return {
    text: findingLine(finding),
    detail: [
      factsShortly(finding),
      ...(promise === null ? [] : [`against ${`${promise.reference} ${promise.section}`.trim()}`]),
      [ownersInWords(finding), byWhen(finding)].filter((part) => part !== null).join(', '),
      ...(raised === null ? [] : [`${raised.reference} is open`]),
    ].join(' · '),
    button: { id: actionId(`${room}.look`, { finding: finding.key, ...values }), label: 'Look' },
  };
}

export async function notForThem(tx: Queryable, { person }: Pick<Context, 'person'>): Promise<ReplyParts> {
  const [manager] = (await selectByRole(tx, 'isms_manager')).filter(({ id }) => id !== person.id);
  const whom = manager === undefined ? 'the ISMS manager' : `${manager.name}, the ISMS manager`;
  return {
    text: `Please ask ${whom}: what an auditor would find is theirs to tell. What waits for you, I can show.`,
  };
}

export async function findingCard(
  tx: Queryable,
  context: Context,
  key: string,
  day: string | null,
): Promise<ReplyParts> {
  const reported = await reportFor(tx, context, day);
  if (reported === null) return notForThem(tx, context);
  const values = dayValues(reported);
  const all: ButtonParts = { id: actionId(`${room}.show`, values), label: 'All findings' };
  const finding = reported.findings.find((each) => each.key === key);
  if (finding === undefined)
    return {
      text: reported.isWhole
        ? `That is mended: an auditor would not find it ${reported.moment.isPast ? 'then' : 'any more'}.`
        : 'Nothing of that is left in what your department and people answer for.',
      buttons: [all],
    };
  const { rule, facts, promise, raised } = finding;
  const place = promisePlace(finding);
  const more = facts.length - factsShown;
  const then = byWhen(finding);
  return {
    text: [
      findingLine(finding),
      ...(more > 0 ? [`The first ${factsShown} of ${facts.length} facts:`] : []),
    ].join('\n'),
    facts: [
      { label: `Why ${gradeWords[finding.grade]}`, value: rule.why },
      { label: 'Asked', value: `${rule.expects} (${requirementInWords(finding.requirement)})` },
      {
        label: 'Our own words',
        value:
          promise === null
            ? 'No policy of ours that you may read promises it.'
            : `«${promise.words}» (${promise.title}, ${place ?? ''})`,
      },
      { label: 'Who can mend it', value: ownersInWords(finding) },
      ...(then === null ? [] : [{ label: 'By when', value: `${then.slice(3)}: ${whyThen(finding) ?? ''}` }]),
    ],
    items: facts.slice(0, factsShown).map(({ text, reference }) => ({
      text,
      button:
        reference === null || !opens(reference)
          ? null
          : { id: actionId('say', { text: reference }), label: 'Look' },
    })),
    buttons: [
      ...(raised !== null
        ? [{ id: actionId('say', { text: raised.reference }), label: `Open ${raised.reference}` }]
        : reported.moment.isPast || isReadOnly(context.person)
          ? []
          : [
              {
                id: actionId(`${room}.raise`, { finding: key }),
                label: 'Raise it',
                style: 'primary' as const,
              },
            ]),
      all,
    ],
  };
}

/** Whether saying it opens a record: it has a number of a year. Documents are asked about, not opened. */
function opens(reference: string): boolean {
  return /^[A-Z]{1,4}-\d{4}-\d+$/.test(reference);
}
