/** Asking colleagues: by the form behind «Ask a colleague», or by words, «ask Omar about A.8.13 until Friday». */
import {
  actionId,
  type ActionCall,
  type Actions,
  type Addressed,
  type Context,
  type Outcome,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { FieldError, formCommand, personNamed, resolvePersonNamed } from '../../dialogue/form.ts';
import { field, sentDay, sentOrNull, sentText, type Errors, type Sent } from '../../dialogue/form-fields.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { parts, selectHowFar, type Assignment } from '../../isms/assessment/assignment.ts';
import { assessments, selectBank, type Assessment } from '../../isms/assessment/assessment.ts';
import { delegate, type Delegation } from '../../isms/assessment/delegate.ts';
import {
  criteriaIn,
  isIn,
  placedIn,
  scopeInWords,
  titleOf,
  type Placed,
  type Scope,
} from '../../isms/assessment/questions.ts';
import { addDays, dayOf, inFull } from '../../language/calendar.ts';
import { readDates } from '../../language/dates.ts';
import { withoutEnding } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { selectPerson } from '../../records/person.ts';
import { room } from './buttons.ts';
import { lockLed } from './find.ts';
import { scopeNamed } from './said-start.ts';
import type { Interviews } from './start.ts';

interface Opened {
  tx: Queryable;
  context: Context;
  assessment: Assessment;
  scope: Scope;
  placed: Placed | null;
  /** The interview that goes on after it. */
  on: string;
  known: Partial<Record<string, string>>;
}

const labels = {
  owner: 'Who answers for it?',
  doer: 'Who does it?',
  manager: 'Who leads those who do it?',
} as const;
/** Days that colleagues have where nobody says a day. */
const usualDays = 7;

async function open(tx: Queryable, context: Context, { argument }: ActionCall): Promise<Opened> {
  const assessment = await lockLed(tx, context, argument('record'));
  const scope = argument('what') as Scope;
  const placed = [...placedIn(await selectBank(tx, assessment)).values()].find((each) => isIn(scope, each));
  if (placed === undefined) throw new Refusal(`${assessment.reference} asks nothing about that.`);
  const names = ['doer', 'due', 'word'].map((name): [string, string] => [name, argument(name)]);
  return { tx, context, assessment, scope, placed, on: argument('assignment'), known: Object.fromEntries(names) };
} // prettier-ignore

function isPast({ now, person }: Context, day: string): boolean {
  return day < dayOf(now, person.timeZone);
}

export function delegateActions({ questions }: Pick<Interviews, 'questions'>): Actions {
  /** Each is asked the first question in their own conversation; the lead goes on with theirs. */
  async function askThem(opened: Pick<Opened, 'tx' | 'context' | 'assessment' | 'on'>, delegation: Delegation): Promise<Addressed[]> {
    const { tx, context, assessment, on } = opened;
    const made = await delegate(tx, commandOf(context), assessment, delegation);
    const told: Addressed[] = [];
    for (const { id, personId } of made)
      told.push(...(await questions.invite(tx, context, String(id), await selectPerson(tx, personId))));
    const receipt = asked({ text: await receiptOf(tx, made) }, on === '');
    const next = on === '' ? [] : await questions.begin(tx, context, on);
    return [...told, ...receipt, ...next];
  } // prettier-ignore

  return {
    ...formCommand<Opened>(room, 'delegate', {
      open,
      lead: ({ assessment }) => `Whom shall I ask for ${assessment.reference}? Each is asked in a message of their own.`,
      form: ({ assessment, scope, placed, on, known, context }) => ({
        id: actionId(`${room}.send-delegate`, { record: assessment.reference, what: scope, assignment: on }),
        title: 'Ask colleagues',
        submitLabel: 'Ask',
        fields: [
          field('what', 'About what?', 'choice', { value: scope, options: whatOptions(scope, placed) }),
          ...parts.map((part) =>
            field(part, labels[part], 'text', {
              required: false,
              value: known[part] ?? null,
              hint: part === 'owner' ? 'Name or e-mail address. Ask several the same, and I show where they differ.' : null,
            }),
          ),
          field('due', 'Until when?', 'date', {
            value: known['due'] || addDays(dayOf(context.now, context.person.timeZone), usualDays),
          }),
          field('word', 'A word to them', 'multiline', { required: false }),
        ],
      }),
      wrong: ({ context }, fields): Errors => ({
        ...(parts.every((part) => sentText(fields, part) === '') ? { owner: 'Name at least one of the three.' } : {}),
        ...(isPast(context, sentDay(fields, 'due', context) ?? '9999') ? { due: 'That day is past.' } : {}),
      }),
      at: 'owner',
      async write(opened, fields) {
        const { tx, context } = opened;
        return askThem(opened, {
          scope: sentText(fields, 'what') as Scope,
          people: await peopleIn(tx, context, fields),
          dueOn: sentDay(fields, 'due', context),
          word: sentOrNull(fields, 'word'),
        });
      },
    }),
    async [`${room}.ask`](tx, context, call) {
      const opened = await open(tx, context, call);
      const person = await selectPerson(tx, Number(call.argument('person')));
      const dueOn = call.argument('due') || null;
      return askThem(opened, { scope: opened.scope, people: [{ id: person.id, part: 'doer' }], dueOn, word: null });
    },
  };
} // prettier-ignore

function whatOptions(scope: Scope, placed: Placed | null) {
  const { requirement = '', theme = '', name = '' } = placed ?? {};
  const one = { value: `part:${name}`, label: 'This question alone' };
  const whole = { value: `part:${requirement}`, label: `All of ${requirement} ${titleOf(requirement)}` };
  const all = { value: `theme:${theme}`, label: 'The whole theme' };
  const known = [one, whole, all];
  return known.some(({ value }) => value === scope)
    ? known
    : [{ value: scope, label: titleOf(scope.slice(scope.indexOf(':') + 1)) }];
}

async function peopleIn(tx: Queryable, context: Context, fields: Sent): Promise<Delegation['people']> {
  const people: { id: number; part: (typeof parts)[number] }[] = [];
  for (const part of parts) {
    const said = sentText(fields, part);
    if (said === '') continue;
    const { id, name } = await personNamed(tx, context, said, part);
    if (people.some((each) => each.id === id)) throw new FieldError(part, `${name} is named twice.`);
    people.push({ id, part });
  }
  return people;
}

const inWords = new Intl.ListFormat('en-GB');

/** A line for those who are asked the same. */
async function receiptOf(tx: Queryable, made: readonly Assignment[]): Promise<string> {
  const told = new Map<string, string[]>();
  for (const assignment of made) {
    const { total } = await selectHowFar(tx, assignment);
    const until = assignment.dueOn === null ? '' : ` until ${inFull(assignment.dueOn)}`;
    const what = `asked ${total === 1 ? '1 question' : `${total} questions`} about ${assignment.about}${until}.`;
    told.set(what, [...(told.get(what) ?? []), assignment.personName]);
  }
  return [...told].map(([what, names]) => `${inWords.format(names)} ${names.length === 1 ? 'is' : 'are'} ${what}`).join('\n');
} // prettier-ignore

const asking = words('assessments/asking');
const about = words('assessments/about');
const until = words('assessments/until');

/** Null where they ask nobody about a part of the standard. */
export async function claimAsking(db: Queryable, context: Context, text: string): Promise<Outcome | null> {
  const begun = asking.begins(text);
  if (begun === null) return null;
  const rest = text.slice(begun.to).trim();
  const split = about.findAll(rest).find(({ to }) => whatIn(rest.slice(to), context) !== null);
  if (split === undefined) return null;
  const { scope, day } = whatIn(rest.slice(split.to), context) ?? {};
  const named = await resolvePersonNamed(db, context.platform, rest.slice(0, split.from).trim());
  if (scope === undefined || !('person' in named)) return null;
  const { person } = named;
  return async (tx) => {
    const assessment = await openOf(tx, context, scope);
    const dueOn = day ?? addDays(dayOf(context.now, context.person.timeZone), usualDays);
    if (isPast(context, dueOn)) throw new Refusal(`${inFull(dueOn)} is past. Until when shall they answer?`);
    const bank = await selectBank(tx, assessment);
    const count = criteriaIn(bank, scope, assessment.profile).filter(({ leftOut }) => leftOut === null).length;
    const values = { record: assessment.reference, what: scope, due: dueOn };
    return toAsker({
      text: `I would ask ${person.name} ${count === 1 ? '1 question' : `${count} questions`} about ${scopeInWords(scope, bank)} until ${inFull(dueOn)}, for ${assessment.reference}.`,
      buttons: [
        { id: actionId(`${room}.ask`, { ...values, person: person.id }), label: `Ask ${person.name}`.slice(0, 75), style: 'primary' },
        { id: actionId(`${room}.delegate`, { ...values, doer: person.email ?? person.name }), label: 'Change', opensForm: true },
      ],
    });
  };
} // prettier-ignore

function whatIn(said: string, { now, person: { timeZone, locale } }: Context): { scope: Scope; day: string | null } | null {
  const end = until.findAll(said).at(-1);
  const [date] = end === undefined ? [] : readDates(said.slice(end.to), { now, timeZone, locale, towards: 'future' });
  const scope = scopeNamed(withoutEnding(date === undefined ? said : said.slice(0, end?.from), /[.!?]/));
  return scope === null || scope === 'quick' ? null : { scope, day: date?.day ?? null };
} // prettier-ignore

/** The newest that the person leads and that looks at it. */
async function openOf(tx: Queryable, context: Context, scope: Scope): Promise<Assessment> {
  const led = await assessments.selectSeen(tx, context.person, "lead_id = $1 and state in ('in_progress', 'in_review')");
  for (const assessment of led.toReversed()) {
    const asks = criteriaIn(await selectBank(tx, assessment), assessment.scope, assessment.profile);
    if (asks.some(({ placed, leftOut }) => leftOut === null && isIn(scope, placed))) return assessment;
  }
  throw new Refusal('You lead no gap analysis that looks at it. Say «gap analysis» to begin one.');
} // prettier-ignore
