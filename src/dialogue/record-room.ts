/**
 * A whole room about one kind of record, made of what it declares: its form, card and list, its history and files, evidence, moves
 * and a nudge on its day. A room that outgrows it takes the pieces that it is made of, and writes its own workflow.
 */
import type { Addressed, Context, Field, ReplyParts, Workflow } from '../conversation/contract.ts';
import { actionId } from '../conversation/contract.ts';
import { privately } from '../conversation/privately.ts';
import type { Queryable } from '../db/database.ts';
import { columnOf } from '../db/rows.ts';
import { Refusal } from '../errors.ts';
import type { Table } from '../files/write-table.ts';
import { dayOf } from '../language/calendar.ts';
import { plain } from '../language/vocabulary.ts';
import { refuseReadOnly } from '../records/command-context.ts';
import { selectEvidence } from '../records/evidence.ts';
import { selectHistory } from '../records/history.ts';
import { selectNames } from '../records/person.ts';
import { opensKept, selectOptionalNamed, type Stored } from '../records/record.ts';
import { referenceIn } from '../records/reference.ts';
import { buttonsOf, likely, unlikely } from './buttons.ts';
import { commandOf, toAsker } from './command.ts';
import { evidenceActions, evidenceShown } from './evidence.ts';
import { keepTaken, takeIn, type Intake } from './evidence-intake.ts';
import { formCommand } from './form.ts';
import { sentChoices, sentDay, sentOrNull, type Sent } from './form-fields.ts';
import { historyCard, historyTable, isUnfolded, mostSteps } from './history.ts';
import { exportButtons, linesShown, listCard, pageIn, sendTable, type ListLine } from './list.ts';
import { asked, proposeChanges } from './proposal.ts';
import { dayOrText, recordLine, textOf } from './record-line.ts';
import { owedByHouse, remindedOnItsDay, waitingOf } from './record-due.ts';
import { sendArchive } from './record-archive.ts';
import type { Beside, ListPart, RecordRoom, Said } from './record-room-declaration.ts';
import type { Room } from './room.ts';

/** Buttons of a card before some of them stand behind «More». */
const mostButtons = 4;

export function recordRoom<Row extends Stored, Facts = void>(declared: RecordRoom<Row, Facts>): Room<Intake> {
  const {
    name: room,
    record,
    states,
    title,
    columns,
    besides = {},
    people = [],
    list,
    begin,
    moves,
    due,
  } = declared;
  const { recordButton } = buttonsOf(room);
  const titles = ['Reference', ...Object.keys(columns), ...Object.keys(besides), 'State'];
  const unended = (parameter: string) => `not state = any(${parameter})`;
  const asks = ({ says, words }: Said, text: string) =>
    plain(text) === plain(says) || words?.is(text) != null;
  const factsOf = async (tx: Queryable, row: Row) => (await declared.facts?.(tx, row)) as Facts;
  const fieldsOf = <Of>(fields: readonly Field[] | ((of: Of) => Field[]) | undefined, of: Of) =>
    typeof fields === 'function' ? fields(of) : [...(fields ?? [])];

  async function cellsOf(tx: Queryable, rows: readonly Row[], timeZone = 'UTC'): Promise<string[][]> {
    const ids = rows.flatMap((row) => people.map((field) => Number(row[field])));
    const names = await selectNames(tx, ids);
    const cell = (row: Row, column: (typeof columns)[string]) => {
      if (typeof column === 'function') return column(row, timeZone) ?? '–';
      return (people.includes(column) ? names.get(Number(row[column])) : textOf(row[column])) ?? '–';
    };
    const more: (readonly (string | null)[])[] = [];
    for (const each of Object.values(besides)) more.push(await each(tx, rows));
    return rows.map((row, at) => [
      row.reference,
      ...Object.values(columns).map((column) => cell(row, column)),
      ...more.map((column) => column[at] ?? '–'),
      row.state.replaceAll('_', ' '),
    ]);
  }

  async function tableOf(tx: Queryable, rows: readonly Row[], timeZone?: string): Promise<Table> {
    return { columns: titles, rows: await cellsOf(tx, rows, timeZone) };
  }

  async function linesOf(tx: Queryable, rows: readonly Row[], { person, now }: Context): Promise<ListLine[]> {
    const cells = await cellsOf(tx, rows, person.timeZone);
    const day = (row: Row) => (due === undefined || record.ended.includes(row.state) ? null : textOf(row[due.on]));
    const shown = (name: string) => (list.columns ?? titles).includes(name) && columns[name] !== due?.on;
    return rows.map((row, at) =>
      recordLine({
        ...{ reference: row.reference, state: row.state, title: title(row), day: day(row) ?? null },
        named: titles.map((name, column) => ({ name, cell: cells[at]?.[column] ?? '–' })).slice(1, -1).filter(({ name }) => shown(name)),
        today: dayOf(now, person.timeZone),
      }),
    );
  } // prettier-ignore

  /** @throws Refusal for what the person may not see, as for what is not there */
  async function find(tx: Queryable, { person }: Context, reference: string): Promise<Row> {
    const row = await record.selectOptional(tx, reference);
    if (row === null || (await selectOptionalNamed(tx, person, record.nameOf(row))) === null)
      throw new Refusal(
        `There is no ${reference} that you may see. Say «${list.says}» for those that you may.`,
      );
    return row;
  }

  async function card(tx: Queryable, context: Context, row: Row): Promise<ReplyParts> {
    const [cells = []] = await cellsOf(tx, [row], context.person.timeZone);
    const name = record.nameOf(row);
    const opens = await opensKept(tx, context.person, name);
    const evidence = evidenceShown(room, opens ? await selectEvidence(tx, [name]) : []);
    const shown = await declared.shows?.(tx, row, context);
    const all = await buttonsFor(tx, context, row, shown);
    return {
      text: `${row.reference} · ${title(row)}`,
      facts: [
        ...titles
          .map((label, at) => ({ label, value: dayOrText(cells[at] ?? '') }))
          .slice(1)
          .filter(
            ({ label, value }) => value !== '–' && value !== title(row) && !Object.hasOwn(besides, label),
          ),
        ...(shown?.facts ?? []),
      ],
      items: [...(shown?.items ?? []), ...evidence],
      picture: shown?.picture ?? null,
      buttons: all.length > mostButtons ? likely(all, recordButton('more', 'More', row.reference)) : all,
    };
  }

  async function buttonsFor(tx: Queryable, { person }: Context, row: Row, beside: Beside | undefined) {
    const facts = await factsOf(tx, row);
    const theirs = Object.entries(moves).filter(([move]) => states.may(move, person, row, facts));
    return [
      ...(beside?.buttons ?? []),
      ...theirs.map(([move, { label, fields }]) => ({
        id: actionId(`${room}.${fields === undefined ? 'move' : 'fill'}`, { record: row.reference, move }),
        label,
        opensForm: fields !== undefined,
      })),
      ...(beside?.further ?? []),
      recordButton('history', 'What happened', row.reference),
      recordButton('archive', 'Take it all', row.reference),
    ];
  }

  async function selectListed(
    tx: Queryable,
    { person }: Context,
    part: ListPart | null = null,
  ): Promise<Row[]> {
    const rows =
      part === null
        ? await record.selectSeen(tx, person, unended('$3'), [record.ended])
        : await record.selectSeen(tx, person, part.where, part.parameters);
    if (list.newestFirst === true) return rows.toReversed();
    const day = (row: Row) => (due === undefined ? '' : String(row[due.on]));
    return rows.toSorted((one, other) => day(one).localeCompare(day(other)));
  }

  async function listed(
    tx: Queryable,
    context: Context,
    page = 0,
    part: ListPart | null = null,
  ): Promise<ReplyParts> {
    const all = await selectListed(tx, context, part);
    const noun = part === null ? '' : ` ${part.noun}`;
    if (all.length === 0) return { text: `No ${list.many}${noun}.` };
    const rows = all.slice(page * linesShown, (page + 1) * linesShown);
    return listCard(room, {
      count: all.length,
      noun: (many) => `${many ? list.many : list.one}${noun}`,
      rows: await linesOf(tx, rows, context),
      values: part === null ? {} : { part: part.said },
      page,
    });
  }

  async function historyOf(tx: Queryable, row: Row, limit: number) {
    return selectHistory(tx, { references: new Map([[record.nameOf(row), row.reference]]) }, limit);
  }

  /** Locked, for whoever may make the move now. */
  async function moving(tx: Queryable, context: Context, reference: string, name: string) {
    const { id } = await find(tx, context, reference);
    const row = await record.lock(tx, id);
    const made = Object.hasOwn(moves, name) ? moves[name] : undefined;
    const facts = await factsOf(tx, row);
    const step = states.step(name, row, facts);
    if (made === undefined || step === null)
      throw new Refusal(`${row.reference} is ${row.state.replaceAll('_', ' ')} by now: look at it again.`);
    await states.by(name, row.state)?.refuseUnless(tx, commandOf(context), row, facts);
    if (step.lacks.length > 0) throw new Refusal(`${row.reference} lacks ${step.lacks.join(', ')} for that.`);
    return { tx, context, row, made, name, to: step.to };
  }

  async function move(
    { tx, context, row, made, to }: Moving,
    filled: Record<string, unknown>,
  ): Promise<Addressed[]> {
    if ('proposes' in made) return proposeChanges(tx, context, [await made.proposes(row, context, filled)]);
    if ('writes' in made) {
      const sent = Object.fromEntries(
        Object.entries(filled).map(([name, value]) => [name, textOf(value) ?? '']),
      );
      return shownAfter(tx, context, await made.writes(tx, context, row, sent), made);
    }
    const values = (await made.sets?.(tx, context, row, filled)) ?? filled;
    const state = to === row.state ? {} : { state: to };
    const command = commandOf(context);
    const moved = await record.change(tx, command, row, { ...values, ...state }, (as) =>
      made.event({ from: row.state, to }, row, as),
    );
    const changed = (await declared.follows?.(tx, command, moved)) ?? moved;
    return shownAfter(tx, context, changed, made);
  }
  async function shownAfter(
    tx: Queryable,
    context: Context,
    changed: Row,
    { told }: { told?(tx: Queryable, context: Context, changed: Row): Promise<Addressed[]> },
  ): Promise<Addressed[]> {
    return [
      ...asked(await card(tx, context, changed), true),
      ...((await told?.(tx, context, changed)) ?? []),
    ];
  }
  type Moving = Awaited<ReturnType<typeof moving>>;

  async function addEvidence(
    parts: Intake,
    context: Context,
    reference: string,
    purpose: string,
    files: Parameters<typeof takeIn>[2],
  ) {
    const taken = await takeIn(parts, context, files);
    return async (tx: Queryable) => {
      const { id } = await find(tx, context, reference);
      refuseReadOnly(commandOf(context));
      const row = await record.lock(tx, id);
      await keepTaken(tx, commandOf(context), taken, { record: record.nameOf(row), purpose });
      const shown = await card(tx, context, row);
      return toAsker({ ...shown, text: [...taken.problems, shown.text].join('\n') });
    };
  }

  const partIn = async (tx: Queryable, context: Context, argument: (name: string) => string) =>
    argument('part') === '' ? null : ((await list.part?.(tx, context, argument('part'))) ?? null);

  const beginning = (asks: NonNullable<typeof begin>) =>
    formCommand(room, 'begin', {
      open: async (tx, context) => ({ tx, context }),
      lead: () => asks.lead,
      form: async ({ tx, context }) => ({
        id: `${room}.send-begin`,
        title: asks.title,
        submitLabel: asks.submit,
        fields: typeof asks.fields === 'function' ? await asks.fields(tx, context) : [...asks.fields],
      }),
      async write({ tx, context }, fields) {
        if (asks.readersToo !== true) refuseReadOnly(commandOf(context));
        if (!('write' in asks)) {
          const own = { [columnOf(asks.by)]: context.person.id };
          const values = { ...own, ...valuesIn(asks.fields, fields, context) };
          const row = await record.insert(tx, commandOf(context), values, asks.event);
          return asked(await card(tx, context, row), true);
        }
        const written = await asks.write(tx, context, fields);
        if ('proposes' in written) return proposeChanges(tx, context, [written.proposes]);
        return [...asked(await card(tx, context, written.row), true), ...(written.told ?? [])];
      },
      at: typeof asks.fields === 'function' ? 'who' : (asks.fields[0]?.name ?? ''),
    });

  const actions = (parts: Intake): Workflow['actions'] => ({
    ...(begin === undefined ? {} : beginning(begin)),
    ...formCommand<Moving>(room, 'fill', {
      open: (tx, context, { argument }) => moving(tx, context, argument('record'), argument('move')),
      lead: ({ row, made }) => `${made.label}: ${row.reference} · ${title(row)}`,
      form: ({ row, made, name }) => ({
        id: actionId(`${room}.send-fill`, { record: row.reference, move: name }),
        title: made.label.slice(0, 24),
        submitLabel: 'Save',
        fields: fieldsOf(made.fields, row).map((each) => ({
          ...each,
          value: each.value ?? textOf(fieldIn(row, each.name)) ?? null,
        })),
      }),
      at: '',
      write: (opened, sent) =>
        move(opened, valuesIn(fieldsOf(opened.made.fields, opened.row), sent, opened.context)),
    }),
    async [`${room}.more`](tx, context, { argument }) {
      const row = await find(tx, context, argument('record'));
      const shown = await declared.shows?.(tx, row, context);
      const all = await buttonsFor(tx, context, row, shown);
      return toAsker({ text: `What else shall be done with ${row.reference}?`, buttons: unlikely(all) });
    },
    [`${room}.show`]: async (tx, context, { argument }) =>
      toAsker(await card(tx, context, await find(tx, context, argument('record')))),
    [`${room}.move`]: async (tx, context, { argument }) =>
      move(await moving(tx, context, argument('record'), argument('move')), {}),
    async [`${room}.history`](tx, context, { argument }) {
      const row = await find(tx, context, argument('record'));
      const { reference } = row;
      const all = isUnfolded(argument);
      const more = all ? null : { id: actionId(`${room}.history`, { record: reference, all: 1 }), label: '' };
      const files = exportButtons(room, { record: reference });
      const history = await historyOf(tx, row, mostSteps.shown);
      const look = recordButton('show', 'Look', reference);
      return asked(historyCard(context, reference, history, { more, look, files }), all);
    },
    [`${room}.list`]: async (tx, context, { argument }) =>
      asked(await listed(tx, context, pageIn(argument), await partIn(tx, context, argument)), true),
    async [`${room}.export`](tx, context, { argument }) {
      if (argument('record') !== '') {
        const row = await find(tx, context, argument('record'));
        const { reference } = row;
        const table = historyTable(await historyOf(tx, row, mostSteps.exported));
        const text = `All ${table.rows.length} steps of ${reference}.`;
        const name = `${reference}-history`;
        return sendTable(tx, room, argument, { record: reference }, { name, text, table });
      }
      const part = await partIn(tx, context, argument);
      const table = await tableOf(tx, await selectListed(tx, context, part));
      const { length } = table.rows;
      const text = `${length} ${length > 1 ? list.many : list.one}${part === null ? '' : ` ${part.noun}`}.`;
      const values: Record<string, string> = part === null ? {} : { part: part.said };
      return sendTable(tx, room, argument, values, { name: room, text, table });
    },
    async [`${room}.archive`](tx, context, { argument }) {
      const row = await find(tx, context, argument('record'));
      const { reference } = row;
      if (!(await opensKept(tx, context.person, record.nameOf(row))))
        throw new Refusal(`${reference} has nothing for you to take yet.`);
      const records = new Map([[record.nameOf(row), reference]]);
      const tables = new Map([[reference, await tableOf(tx, [row])]]);
      return sendArchive(tx, room, parts, context, { reference, records, tables });
    },
    ...evidenceActions(room, parts),
  });

  const dated = due === undefined ? null : { name: room, record, title, due };

  return {
    name: room,
    tables: {
      [room]: async (db) => tableOf(db, await record.selectWhere(db, 'true')),
    },
    evidence: { [room]: record.selectReferences },
    workflow: (parts) => ({
      name: room,
      offer: declared.offer,
      tools: [],
      actions: actions(parts),
      async claim(context, { text, attachments }) {
        if (begin !== undefined && asks(begin, text)) {
          const opener = { id: `${room}.begin`, label: begin.title, opensForm: true };
          return async () => toAsker({ text: begin.lead, buttons: [opener] });
        }
        const mine = (outcome: (tx: Queryable) => Promise<Addressed[]>) =>
          privately(context, `what there is of ${list.many}`, outcome);
        if (asks(list, text)) return mine(async (tx) => toAsker(await listed(tx, context)));
        const part = attachments.length > 0 ? null : ((await list.part?.(parts.db, context, text)) ?? null);
        if (part !== null) return mine(async (tx) => toAsker(await listed(tx, context, 0, part)));
        const reference = referenceIn(text, record.prefix);
        if (reference === null) return null;
        if (declared.evidence !== undefined && attachments.length > 0)
          return mine(await addEvidence(parts, context, reference, declared.evidence, attachments));
        return mine(async (tx) => toAsker(await card(tx, context, await find(tx, context, reference))));
      },
      waiting: async ({ person, now }) => (dated === null ? [] : waitingOf(parts.db, dated, person, now)),
      ...(dated === null ? {} : due?.owed === undefined ? remindedOnItsDay(dated) : owedByHouse(dated)),
    }),
  };
}

/** By columns, as their kinds are written. */
function valuesIn(fields: readonly Field[], sent: Sent, context: Context): Record<string, unknown> {
  const valueOf = ({ name, kind }: Field) => {
    if (kind === 'date') return sentDay(sent, name, context);
    return kind === 'choices' ? sentChoices(sent, name) : sentOrNull(sent, name);
  };
  return Object.fromEntries(fields.map((each) => [each.name, valueOf(each)]));
}

function fieldIn(row: object, column: string): unknown {
  return Object.entries(row).find(([field]) => columnOf(field) === column)?.[1];
}
