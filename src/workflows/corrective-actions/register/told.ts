/** What a model is told of the register, for it to speak of: a record as its card shows it, and what a search counts and finds. */
import type { Context, Outcome, ReplyParts, Told, ToldRecord } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { listButton } from '../../../dialogue/list.ts';
import { countByShare, findEntries, selectEntries, type RegisterEntry } from '../../../isms/register/list.ts';
import { grades } from '../../../isms/nonconformity/nonconformity.ts';
import { dayInWords, dayOf } from '../../../language/calendar.ts';
import { shortened } from '../../../language/text.ts';
import { lookButton, recordButton, room } from '../buttons.ts';
import { registerCard, sharesOf } from './card.ts';
import {
  filterInWords,
  filterValues,
  gradeNouns,
  resolveFilter,
  stateLabels,
  type SaidFilter,
} from './filter.ts';
import { findReadable } from './find-readable.ts';
import { privately, recordCard } from './register.ts';
import { waitsInWords } from './waits.ts';

/** Records of one kind that a search tells of. */
const mostFound = 8;
/** Characters of a title and of a line that the model is told. */
const titleLength = 120;
const lineLength = 300;

/** @returns null for what is not there, and for what is not theirs to see */
export async function tellRecord(tx: Queryable, context: Context, said: string): Promise<Told | null> {
  const found = await findReadable(tx, context.person, said);
  if (found === null) return null;
  const { reference } = found.action ?? found.nonconformity;
  const card = await recordCard(tx, context, found);
  const record = {
    reference,
    kind: found.action === null ? 'non-conformity' : 'corrective action',
    title: shortened(
      found.action === null ? found.nonconformity.title : found.action.description,
      titleLength,
    ),
    lines: [...(await waitsInWords(tx, found)), ...linesOf(card)],
  };
  const actions = found.action === null ? actionsOn(card, reference) : [];
  return {
    records: [record, ...actions].map(citable),
    instead: privately(context, async () => toAsker(card)),
  };
}

/** Of grades and states; that it is open, or how much is done, is said in many ways. */
const exact = [
  ...grades,
  ...Object.values(stateLabels),
  'improvement',
  'overdue',
  'late',
  'effective',
  'approved',
]
  .flatMap((label) => label.split(' '))
  .filter(
    (word) => !/^(?:open|done|in|for|its|check|waiting|actions|reported|found|progress|cause)$/.test(word),
  );

/** Labels of a card, with the words that sentences say instead. */
const inSentences: Record<string, string> = {
  Owner: 'Its owner, who owns it and to whom it belongs',
  'Led by': 'Led by, its leader, who leads and owns it',
};

/** All that a card says of the record itself, a fact a line; what it is called stands in its title. */
function linesOf({ text, facts = [] }: ReplyParts): string[] {
  return [
    ...text.split('\n').slice(1),
    ...facts.map(({ label, value }) => `${inSentences[label] ?? label}: ${value}`),
  ].map((line) => shortened(line, lineLength));
}

/** Its actions are records of their own: what is said of one is not so of the other. */
function actionsOn({ items = [] }: ReplyParts, record: string) {
  return items.map(({ text, detail }) => {
    const [reference = '', ...title] = text.split(' · ');
    const lines = [`corrective action of ${record}, its owner and when it is due: ${detail ?? ''}`];
    return { reference, kind: 'corrective action', title: title.join(' · '), lines };
  });
}

function citable(record: Omit<ToldRecord, 'exact' | 'button'>): ToldRecord {
  const { reference } = record;
  return { ...record, exact, button: recordButton('show', `Look at ${reference}`, reference) };
}

/** What a search is for: words in the records, a filter of them, or both. */
export interface Sought extends Partial<Omit<SaidFilter, 'text'>> {
  words?: string | undefined;
}

/** @returns a string where there is nothing to tell of: why */
export async function tellFound(
  tx: Queryable,
  context: Context,
  { words, ...filter }: Sought,
): Promise<Told | string> {
  return Object.values(filter).every((value) => value === undefined) && words !== undefined
    ? tellNamed(tx, context, words)
    : tellFiltered(tx, context, {
        kind: 'records',
        ...filter,
        ...(words === undefined ? {} : { text: words }),
      });
}

async function tellNamed(tx: Queryable, { person, now }: Context, words: string): Promise<Told | string> {
  const today = dayOf(now, person.timeZone);
  const entries = [
    ...(await findEntries(tx, person, 'actions', words, today, mostFound)),
    ...(await findEntries(tx, person, 'nonconformities', words, today, mostFound)),
  ];
  if (entries.length === 0) return 'No record that this person may see has these words.';
  const items = entries.map((entry) => ({
    text: `${entry.reference} · ${shortened(entry.title, titleLength)}`,
    detail: entryLine(entry),
    button: lookButton(entry.reference, {}),
  }));
  return {
    records: entries.map(told),
    instead: async () => toAsker({ text: 'These records come nearest to your words.', items }),
  };
}

async function tellFiltered(tx: Queryable, context: Context, said: SaidFilter): Promise<Told | string> {
  const { person, now } = context;
  const resolved = await resolveFilter(tx, context, said);
  if (typeof resolved === 'string') return resolved;
  const today = dayOf(now, person.timeZone);
  const shares = await countByShare(tx, person, resolved.filter, today);
  const { total, late, grades, states, owners } = sharesOf(shares);
  const noun = filterInWords(resolved, total !== 1);
  const of = (parts: [string, number][], say: (name: string) => string) =>
    parts.map(([name, count]) => `${count} of these ${total} ${count === 1 ? 'is' : 'are'} ${say(name)}.`);
  const counts: ToldRecord = {
    reference: 'REG-1',
    kind: 'records of the register',
    title: filterInWords(resolved, true),
    lines:
      total === 0
        ? [`There is no ${noun}: none, nothing.`]
        : [
            `There ${total === 1 ? 'is' : 'are'} ${total} ${noun}, ${total} in all.`,
            `${late === 0 ? 'None' : late} of them ${late > 1 ? 'are' : 'is'} overdue.`,
            ...of(grades, (grade) => gradeNouns[grade as keyof typeof gradeNouns][0]),
            ...of(states, (state) => `in state ${stateLabels[state as RegisterEntry['state']]}`),
            ...of(owners, (owner) => `owned by ${owner}: ${owner} has them`),
          ],
    exact,
    button: listButton(room, filterValues(said), 'The list'),
  };
  const entries = await selectEntries(tx, person, resolved.filter, today, { limit: mostFound });
  const instead: Outcome = privately(context, async (then) =>
    toAsker(await registerCard(then, context, said, { counted: true })),
  );
  return { records: [counts, ...entries.map(told)], instead };
}

function told(entry: RegisterEntry): ToldRecord {
  const { reference, record, title } = entry;
  return citable({
    reference,
    kind: reference === record ? 'non-conformity' : 'corrective action',
    title: shortened(title.replace(/\s+/g, ' '), titleLength),
    lines: [entryLine(entry)],
  });
}

/** All of it in one line: what it is, whose, where it stands, until when. */
function entryLine({
  reference,
  record,
  grade,
  state,
  progress,
  owner,
  dueOn,
  overdue,
}: RegisterEntry): string {
  return [
    reference === record && grade !== null ? gradeNouns[grade][0] : `corrective action of ${record}`,
    stateLabels[state] + (state === 'in_progress' ? `, ${progress ?? 0} % done` : ''),
    `belongs to ${owner}, who owns it`,
    dueOn === null ? 'no due date' : `due on ${dayInWords(dueOn)}`,
    ...(dueOn === null ? [] : [overdue ? 'overdue, late' : 'not overdue']),
  ].join(' · ');
}
