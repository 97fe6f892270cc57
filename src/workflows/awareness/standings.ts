/** How far people are: «training in Sales», «who hasn't done phishing?», for those who answer for them; and the same as a file. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type Outcome,
} from '../../conversation/contract.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { appendAudit } from '../../db/audit.ts';
import { audienceNamed } from '../../dialogue/audience.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { FieldError } from '../../dialogue/form.ts';
import { listCard, pageIn, rowsShown, sendTable } from '../../dialogue/list.ts';
import { Refusal } from '../../errors.ts';
import type { Table, TableInParts } from '../../files/write-table.ts';
import {
  noteLook,
  requiredLearners,
  selectLearnerIds,
  selectLessonsOf,
  selectStandings,
  titleOf,
  type Standing,
} from '../../isms/training/assign.ts';
import { lessonNamed } from '../../isms/training/lesson-bank.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { withoutEnding } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { isReadOnly } from '../../records/command-context.ts';
import { selectPeople, selectWorking, type Person } from '../../records/person.ts';
import { room } from './phrases.ts';
import { topicNamed } from '../../isms/training/topics.ts';

interface Asked {
  /** As it was said; empty for all of them. */
  who: string;
  /** Empty for every lesson. */
  lesson: string;
}

const columns = [
  'person',
  'department',
  'course',
  'assigned',
  'due',
  'state',
  'completed',
  'score',
  'expires',
  'reason',
  'how',
  'source',
];

function tableOf(standings: readonly Standing[]): Table {
  return {
    columns,
    rows: standings.map(
      ({ person, title, assignedOn, dueOn, state, completedOn, score, expiresOn, reason, how, source }) => [
        person.name,
        person.department ?? '',
        title,
        assignedOn,
        dueOn,
        state,
        completedOn,
        score ?? '',
        expiresOn,
        reason,
        how,
        source,
      ],
    ),
  };
}

/** All of it, for `isma export training-rows`: a row for each person and course. */
export async function trainingRows(db: Database, now: Date): Promise<Table> {
  return tableOf((await exported(db, now)).standings);
}

/** People × courses, for `isma export training`. */
export async function trainingTable(db: Database, now: Date): Promise<Table> {
  const { people, standings } = await exported(db, now);
  return matrixOf(people, standings);
}

/** The same some people at a time, for however many: their rows, and the matrix, which knows its courses first. */
export async function trainingRowsInParts(db: Database, now: Date): Promise<TableInParts> {
  const people = await selectLearnerIds(db);
  async function* parts() {
    for (const some of inParts(people))
      yield tableOf(await standingsOf(db, await inOrder(db, some), now)).rows;
  }
  return { columns, parts: parts() };
}

export async function trainingInParts(db: Database, now: Date): Promise<TableInParts> {
  const people = await selectLearnerIds(db);
  const begun = await selectLessonsOf(db, people);
  const courses = new Map(begun.map((lesson) => [lesson, titleOf(lesson)]));
  async function* parts() {
    for (const ids of inParts(people)) {
      const some = await inOrder(db, ids);
      yield matrixOf(some, await standingsOf(db, some, now), courses).rows;
    }
  }
  return { columns: matrixOf([], [], courses).columns, parts: parts() };
}

/** Of each some rows are held. */
const peopleAtOnce = 50;

function inParts(people: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(people.length / peopleAtOnce) }, (_, at) =>
    people.slice(at * peopleAtOnce, (at + 1) * peopleAtOnce),
  );
}

async function inOrder(tx: Queryable, ids: readonly number[]): Promise<Person[]> {
  const people = await selectPeople(tx, ids);
  return ids.flatMap((id) => people.get(id) ?? []);
}

const standingsOf = (tx: Queryable, people: readonly Person[], now: Date) =>
  selectStandings(tx, people, null, dayOf(now, 'UTC'));

async function exported(db: Database, now: Date): Promise<{ people: Person[]; standings: Standing[] }> {
  await noteExport(db, now);
  const people = (await selectWorking(db)).filter((person) => !isReadOnly(person));
  return { people, standings: await standingsOf(db, people, now) };
}

/** Whoever looks at the command line is on record as somebody in chat is. */
export async function noteExport(db: Database, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    const detail = { people: (await selectLearnerIds(tx)).length };
    await appendAudit(tx, { actor: 'system:export', action: 'training.exported', record: 'training', detail, at: now });
  });
} // prettier-ignore

/** A row for each person, with what they have not begun too; a column for each course that anybody has begun or was given. */
function matrixOf(people: readonly Person[], standings: readonly Standing[], titles = new Map(standings.map(({ lesson, title }) => [lesson, title]))): Table {
  const courses = [...titles].toSorted(([, one], [, other]) => one.localeCompare(other));
  const cells = new Map(standings.map((each) => [`${each.person.id} ${each.lesson}`, cellOf(each)]));
  const cell = (id: number, lesson: string) => cells.get(`${id} ${lesson}`) ?? (lessonNamed(lesson) === null ? '' : 'not begun');
  return {
    columns: ['person', 'email', 'department', ...courses.map(([, title]) => title)],
    rows: people.map(({ id, name, email, department }) => [name, email ?? '', department ?? '', ...courses.map(([lesson]) => cell(id, lesson))]),
  };
} // prettier-ignore

function cellOf({ state, overdue, dueOn, completedOn, expiresOn, how, source, reason }: Standing): string {
  const due = dueOn === '' ? '' : `, due ${dueOn}${overdue ? ', overdue' : ''}`;
  if (state === 'waived') return `exempt: ${reason}`;
  if (state === 'expired') return `expired ${expiresOn}`;
  if (state !== 'completed') return `${state === 'failed' ? 'not passed yet' : state}${due}`;
  const where = how === 'quiz' || how === '' ? '' : how === 'elsewhere' ? `, by ${source}` : `, by ${how}`;
  return `completed ${completedOn}${expiresOn === '' ? '' : `, counts until ${expiresOn}`}${where}`;
}

async function standingsFor(
  tx: Queryable,
  context: Context,
  { who, lesson }: Asked,
): Promise<{ standings: Standing[]; people: Person[]; of: number; who: string }> {
  const learners = await requiredLearners(tx, context.person);
  const audience =
    who === '' ? { who: '', people: learners } : await audienceNamed(tx, context, who, learners);
  const today = dayOf(context.now, context.person.timeZone);
  await noteLook(tx, commandOf(context), audience.people, lesson === '' ? null : lesson);
  const all = await selectStandings(tx, audience.people, lesson === '' ? null : lesson, today);
  const standings =
    lesson === '' ? all : all.filter(({ state }) => state !== 'completed' && state !== 'waived');
  const urgency = ({ overdue, dueOn, state }: Standing) =>
    `${overdue ? 0 : state === 'completed' ? 2 : 1}${dueOn || '9999'}`;
  return {
    ...audience,
    standings: standings.toSorted((one, other) => urgency(one).localeCompare(urgency(other))),
    of: audience.people.length,
  };
}

async function shown(tx: Queryable, context: Context, asked: Asked, page: number): Promise<Addressed[]> {
  const { standings, of, who } = await standingsFor(tx, context, asked);
  const lesson = lessonNamed(asked.lesson);
  const where = who === '' || who === 'everyone' ? '' : ` in ${who}`;
  if (standings.length === 0)
    return toAsker({
      text:
        lesson === null
          ? `Nobody${where} has begun a lesson, or was given one.`
          : `All ${of}${where} have done «${lesson.title.en}».`,
    });
  const done = standings.filter(({ state }) => state === 'completed').length;
  const overdue = standings.filter((each) => each.overdue).length;
  const rows = standings.slice(page * rowsShown, (page + 1) * rowsShown);
  return toAsker(
    listCard(room, {
      count: standings.length,
      noun: (many) =>
        lesson === null
          ? `${many ? 'lessons' : 'lesson'} of ${of} people${where}: ${done} done`
          : `of ${of} people${where} ${many ? 'have' : 'has'} not done «${lesson.title.en}»`,
      more: overdue === 0 ? '' : `${overdue} overdue.`,
      rows: {
        columns: ['Person', ...(lesson === null ? ['Lesson'] : ['Department']), 'State', 'Due'],
        rows: rows.map(({ person, title, state, dueOn, overdue: late }) => [
          person.name,
          lesson === null ? title : (person.department ?? ''),
          `${state === 'failed' ? 'not passed yet' : state}${late ? ', overdue' : ''}`,
          dueOn === '' ? '' : dayInWords(dueOn),
        ]),
      },
      narrowing:
        lesson === null
          ? [
              {
                id: actionId(`${room}.export`, { who: asked.who, lesson: '', as: 'matrix' }),
                label: 'Matrix',
              },
            ]
          : [],
      values: { who: asked.who, lesson: asked.lesson },
      page,
    }),
  );
}

const askedIn = (argument: (name: string) => string): Asked => ({
  who: argument('who'),
  lesson: argument('lesson'),
});

export const standingActions: Actions = {
  [`${room}.list`]: (tx, context, { argument }) => shown(tx, context, askedIn(argument), pageIn(argument)),
  async [`${room}.export`](tx, context, { argument }) {
    const asked = askedIn(argument);
    const { standings, people } = await standingsFor(tx, context, asked);
    const name = `training-${dayOf(context.now, context.person.timeZone)}`;
    const text = `${standings.length} ${standings.length === 1 ? 'row' : 'rows'}. Scores are left out where they are for the person alone.`;
    if (argument('as') === 'matrix')
      return sendTable(
        tx,
        room,
        argument,
        { ...asked, as: 'matrix' },
        {
          name: `${name}-matrix`,
          text: `${people.length} people and their courses.`,
          table: matrixOf(people, standings),
        },
      );
    return sendTable(tx, room, argument, { ...asked }, { name, text, table: tableOf(standings) });
  },
};

const status = words('awareness/status');
const undone = words('awareness/undone');
const undoneAtEnd = words('awareness/undone at the end');

/** Null where they ask for something else. */
function readStandings(text: string): Asked | null {
  const said = withoutEnding(text.trim(), /[.!?¿]/);
  const asks = undone.begins(said);
  if (asks !== null) {
    const rest = said.slice(asks.to).trim();
    const ended = undoneAtEnd.ends(rest);
    const lesson = topicNamed(ended === null ? rest : rest.slice(0, ended.from));
    return lesson === null || (asks.meaning === 'begun' && ended === null) ? null : { who: '', lesson };
  }
  const begun = status.begins(said);
  if (begun === null) return null;
  const who = said.slice(begun.to).trim();
  // «Training» alone asks for all of it; what goes on without «in» asks something else.
  return who.split(/\s+/).length > 5 || (who !== '' && !begun.text.includes(' '))
    ? null
    : { who, lesson: '' };
}

export async function claimStandings(db: Queryable, context: Context, text: string): Promise<Outcome | null> {
  const asked = readStandings(text);
  if (asked === null) return null;
  try {
    // «Training in welding» asks something else.
    if (asked.who !== '')
      await audienceNamed(db, context, asked.who, await requiredLearners(db, context.person));
  } catch (error) {
    if (error instanceof FieldError) return null;
    if (!(error instanceof Refusal)) throw error;
  }
  return (tx) => shown(tx, context, asked, 0);
}
