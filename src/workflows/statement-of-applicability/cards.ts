/** What the Statement of Applicability says, as messages: of one control, of what is excluded, of what is missing, of what is new. */
import {
  actionId,
  type ButtonParts,
  type Context,
  type ItemParts,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { buttonsOf } from '../../dialogue/buttons.ts';
import { selectLeftOut } from '../../isms/assessment/left-out.ts';
import {
  differencesBetween,
  lackingIn,
  selectEntries,
  titleOfControl,
  type Entry,
} from '../../isms/statement-of-applicability/entry.ts';
import {
  selectApproved,
  selectUnderWay,
  soas,
  soaStates,
  type Soa,
} from '../../isms/statement-of-applicability/soa.ts';
import { dayInWords } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { selectOptionalNamed } from '../../records/record.ts';
import { selectNames } from '../../records/person.ts';
import { editButton, entryTitle, inWords, labels } from './entry-change.ts';
import { standingOf } from './table.ts';
import { room } from './words.ts';

export const { recordButton, signButton } = buttonsOf(room);
/** Lines that a message has room for. */
const mostLines = 10;

const inAll = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
const writes = (context: Context, soa: Soa) => soaStates.may('write', context.person, soa, { incomplete: 0 });

export async function mayRead(tx: Queryable, { person }: Context, soa: Soa | null): Promise<Soa | null> {
  return soa !== null && (await selectOptionalNamed(tx, person, soas.nameOf(soa))) !== null ? soa : null;
}

/** The edition in force, and the one under way where the person may read it. */
async function selectBoth(
  tx: Queryable,
  context: Context,
): Promise<{ approved: Soa | null; underWay: Soa | null }> {
  return {
    approved: await selectApproved(tx),
    underWay: await mayRead(tx, context, await selectUnderWay(tx)),
  };
}

export const noneYet: ReplyParts = {
  text: 'There is no approved Statement of Applicability yet.',
  buttons: [{ id: `${room}.begin`, label: 'Begin one', opensForm: true }],
};

const grey = (soa: Soa, timeZone: string) =>
  `SoA ${soa.edition} · ${standingOf(soa, timeZone)} · ${soa.reference}`;

/** Whether one control applies, and why: from the edition in force. */
export async function controlCard(tx: Queryable, context: Context, control: string): Promise<ReplyParts> {
  const { approved, underWay } = await selectBoth(tx, context);
  const soa = approved ?? underWay;
  if (soa === null) return noneYet;
  const { timeZone } = context.person;
  const entry = (await selectEntries(tx, soa.id)).find((each) => each.control === control);
  const next = approved === null || underWay === null ? undefined : (await selectEntries(tx, underWay.id)).find((each) => each.control === control);
  const otherwise = entry !== undefined && next !== undefined && next.applies !== entry.applies && underWay !== null ? `Edition ${underWay.edition}, not approved yet, says ${next.applies === true ? 'that it applies' : next.applies === false ? 'that it does not' : 'nothing of it so far'}.` : null;
  return {
    text: [verdict(control, entry), entry?.justification ?? ''].filter((line) => line !== '').join('\n'),
    facts: entry === undefined ? [] : factsOf(entry),
    aside: grey(soa, timeZone),
    note: otherwise,
    buttons: [
      ...(entry?.applies === false ? [{ id: `${room}.exclusions`, label: 'All that we exclude' }] : []),
      ...(underWay !== null && writes(context, underWay) && underWay.state === 'draft' ? [editButton(underWay.reference, control, `Change it in ${underWay.edition}`)] : []),
      recordButton('document', 'As a document', soa.reference),
    ],
  };
} // prettier-ignore

function verdict(control: string, entry: Entry | undefined): string {
  const name = entryTitle(control);
  if (entry === undefined || entry.applies === null) return `Nothing is decided yet about ${name}.`;
  if (!entry.applies) return `No, ${name} does not apply to us.`;
  const degree = { yes: ', and it is implemented', partly: ', and it is implemented in part', planned: '; it is planned, not implemented yet', no: '; it is not implemented' }; // prettier-ignore
  return `Yes, ${name} applies to us${entry.implemented === null ? '' : degree[entry.implemented]}.`;
}

function factsOf({ basis, basisReference, how, ownerName }: Entry): NonNullable<ReplyParts['facts']> {
  const on = [basis === null ? null : `a ${basis}`, basisReference]
    .filter((each) => each !== null)
    .join(': ');
  return [
    { label: 'Rests on', value: on },
    { label: 'How', value: how ?? '' },
    { label: 'Looked after by', value: ownerName ?? '' },
  ].filter(({ value }) => value !== '');
}

export async function exclusionsCard(tx: Queryable, context: Context): Promise<ReplyParts> {
  const { approved, underWay } = await selectBoth(tx, context);
  const soa = approved ?? underWay;
  if (soa === null) return noneYet;
  const excluded = (await selectEntries(tx, soa.id)).filter(({ applies }) => applies === false);
  return {
    text: excluded.length === 0 ? 'We exclude nothing: all 93 controls apply.' : `We exclude ${inAll(excluded.length, 'control', 'controls')} of 93.`,
    items: excluded.map((entry) => ({
      text: `${entryTitle(entry.control)}: ${shortened(entry.justification ?? 'no reason given yet', 240)}`,
      detail: [entry.basis, entry.basisReference].filter((each) => each !== null).join(': ') || null,
    })),
    aside: grey(soa, context.person.timeZone),
    buttons: [recordButton('document', 'The whole SoA', soa.reference)],
  };
} // prettier-ignore

/** In one glance: what is in force, and what is under way. */
export async function overviewCard(tx: Queryable, context: Context): Promise<ReplyParts> {
  const { approved, underWay } = await selectBoth(tx, context);
  const soa = approved ?? underWay;
  if (soa === null) return noneYet;
  const entries = await selectEntries(tx, soa.id);
  const { timeZone } = context.person;
  return {
    text: `Statement of Applicability ${soa.edition}`,
    facts: countsOf(entries),
    items: underWay === null || underWay === soa ? [] : [{ text: `Edition ${underWay.edition} is ${underWay.state === 'draft' ? 'being written' : 'waiting for its approver'}`, button: recordButton('show', 'Look', underWay.reference) }],
    aside: [grey(soa, timeZone), ...(soa.reviewOn === null ? [] : [`review by ${dayInWords(soa.reviewOn)}`])].join(' · '),
    buttons: [
      { id: `${room}.exclusions`, label: 'What we exclude' },
      recordButton('document', 'As a document', soa.reference),
      underWay === soa ? recordButton('show', 'Look', soa.reference) : { id: `${room}.changes`, label: 'What changed' },
    ],
  };
} // prettier-ignore

export function countsOf(entries: readonly Entry[]): NonNullable<ReplyParts['facts']> {
  const of = (degree: Entry['implemented']) =>
    entries.filter(({ implemented }) => implemented === degree).length;
  const applies = entries.filter((entry) => entry.applies === true).length;
  const excluded = entries.filter((entry) => entry.applies === false).length;
  const open = entries.length - applies - excluded;
  return [
    { label: 'Apply', value: `${applies} of ${entries.length}${open === 0 ? '' : `, ${open} undecided`}` },
    { label: 'Excluded', value: String(excluded) },
    {
      label: 'Implemented',
      value: `${of('yes')}, in part ${of('partly')}, planned ${of('planned')}, not ${of('no')}`,
    },
  ];
}

/** Of the edition under way: which controls lack what, and where the gap analysis sees it otherwise. */
export async function lacksCard(tx: Queryable, context: Context): Promise<ReplyParts> {
  const { approved, underWay } = await selectBoth(tx, context);
  const soa = underWay ?? approved;
  if (soa === null) return noneYet;
  const entries = await selectEntries(tx, soa.id);
  const lacking = entries.filter((entry) => lackingIn(entry).length > 0);
  const otherwise = await profileLines(tx, entries);
  const edits = soa.state === 'draft' && writes(context, soa);
  return {
    text: lacking.length === 0
      ? `Nothing is missing in edition ${soa.edition}: each of the 93 controls has what it must have.`
      : `${inAll(lacking.length, 'control lacks', 'controls lack')} something in edition ${soa.edition}.${lacking.length > mostLines ? ` These are the first ${mostLines}.` : ''}`,
    items: [
      ...lacking.slice(0, mostLines).map((entry): ItemParts => ({
        text: `${entryTitle(entry.control)}: ${lackingIn(entry).join(', ')}`,
        button: edits ? editButton(soa.reference, entry.control, 'Write it') : null,
      })),
      ...otherwise,
    ],
    aside: grey(soa, context.person.timeZone),
    buttons: [recordButton('show', 'Look at it', soa.reference)],
  };
} // prettier-ignore

/** Where the profile of the gap analysis leaves out what applies here. */
async function profileLines(tx: Queryable, entries: readonly Entry[]): Promise<ItemParts[]> {
  const leftOut = await selectLeftOut(tx);
  return entries
    .filter(({ control, applies }) => applies === true && leftOut.has(control))
    .slice(0, mostLines)
    .map(({ control }) => ({
      text: `${entryTitle(control)} applies here, and the gap analysis leaves it out.`,
      detail: leftOut.get(control) ?? null,
    }));
}

/** Between an edition and the one that it began from. */
export async function changesCard(tx: Queryable, context: Context): Promise<ReplyParts> {
  const { approved, underWay } = await selectBoth(tx, context);
  const soa = underWay ?? approved;
  if (soa === null) return noneYet;
  if (soa.begunFrom === null)
    return { text: `Edition ${soa.edition} is the first: there is nothing to compare it with.`, aside: grey(soa, context.person.timeZone) };
  const before = await soas.select(tx, soa.begunFrom);
  const lines = await changeLines(tx, before, soa);
  return {
    text: lines.length === 0 ? `Nothing is different in edition ${soa.edition} since ${before.edition}.` : `${inAll(lines.length, 'control is', 'controls are')} different in edition ${soa.edition}, compared with ${before.edition}.${lines.length > mostLines ? ` These are the first ${mostLines}.` : ''}`,
    items: lines.slice(0, mostLines),
    aside: grey(soa, context.person.timeZone),
    buttons: [{ id: actionId(`${room}.comparison`, { record: soa.reference }), label: 'All of it as a file' }],
  };
} // prettier-ignore

export async function changeLines(tx: Queryable, before: Soa, now: Soa): Promise<ItemParts[]> {
  const differences = differencesBetween(await selectEntries(tx, before.id), await selectEntries(tx, now.id));
  const owners = differences
    .flatMap((each) => [each.before.ownerId, each.now.ownerId])
    .flatMap((id) => id ?? []);
  const names = await selectNames(tx, owners);
  return differences.map(({ control, before: was, now: is, fields }) => ({
    text: `${control} ${titleOfControl(control)}`,
    detail: fields
      .map(
        (name) =>
          `${labels[name]}: ${shortened(inWords(name, was, names), 120)} → ${shortened(inWords(name, is, names), 120)}`,
      )
      .join('\n'),
  }));
}

/** Buttons of the record's own card, for this person now. */
export function ownButtons({ person }: Context, soa: Soa, incomplete: number): ButtonParts[] {
  const facts = { incomplete };
  const { reference } = soa;
  const may = (move: string) => soaStates.may(move, person, soa, facts);
  return [
    ...(may('approve') ? [recordButton('look', 'Look and approve', reference, { style: 'primary' })] : []),
    ...(may('write') && incomplete > 0
      ? [{ id: `${room}.lacks`, label: `What it lacks (${incomplete})` }]
      : []),
    ...(may('write') ? [recordButton('pick', 'Change a control', reference, { opensForm: true })] : []),
    ...(may('send') && incomplete === 0
      ? [recordButton('send', 'Send for approval', reference, { style: 'primary' })]
      : []),
    recordButton('document', 'As a document', reference),
    ...(may('arrange')
      ? [recordButton('arrange', 'Number and approver', reference, { opensForm: true })]
      : []),
    ...(may('return') ? [recordButton('return', 'Send back', reference, { opensForm: true })] : []),
    ...(soa.begunFrom === null ? [] : [recordButton('comparison', 'What changed, as a file', reference)]),
  ];
}
