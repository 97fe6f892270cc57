/** What is done with an edition: begun, written control by control, sent to its approver, approved as it is shown, sent back. */
import {
  actionId,
  type Actions,
  type Context,
  type Form,
  type ReplyParts,
} from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import type { Queryable } from '../../db/database.ts';
import { markOf } from '../../dialogue/buttons.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand, personNamed } from '../../dialogue/form.ts';
import { field, sentDay, sentText, type Sent } from '../../dialogue/form-fields.ts';
import { sendTable } from '../../dialogue/list.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked, proposalActions } from '../../dialogue/proposal.ts';
import { controlNumbers } from '../../records/requirement-set.ts';
import { Refusal } from '../../errors.ts';
import { contentHash, lackingIn, selectEntries } from '../../isms/statement-of-applicability/entry.ts';
import {
  approveSoa,
  arrangeSoa,
  beginSoa,
  lockDraft,
  returnSoa,
  selectApproved,
  sendForApproval,
  soas,
  soaStates,
  writeEntries,
  type NewSoa,
  type Soa,
} from '../../isms/statement-of-applicability/soa.ts';
import { languageOf, wording } from '../../language/wording.ts';
import { selectNames, selectPerson } from '../../records/person.ts';
import { normaliseRequirement } from '../../records/requirement.ts';
import {
  changeLines,
  changesCard,
  countsOf,
  exclusionsCard,
  lacksCard,
  mayRead,
  recordButton,
  signButton,
} from './cards.ts';
import { entryFormFields, entryOf, entryTitle, sentValues } from './entry-change.ts';
import { nextEdition } from './import.ts';
import { documentOf, standingOf, tableOf } from './table.ts';
import { room } from './words.ts';

export const sayTo = (person: { locale: string }) => wording(room, languageOf(person));
/** Differences that an approval has room for; the document has all controls. */
const mostShown = 12;

export async function find(tx: Queryable, context: Context, reference: string): Promise<Soa> {
  const row = await mayRead(tx, context, await soas.selectOptional(tx, reference));
  if (row === null)
    throw new Refusal(`There is no ${reference} that you may see. Say «SoA» for the one in force.`);
  return row;
}

async function locked(tx: Queryable, context: Context, reference: string): Promise<Soa> {
  return soas.lock(tx, (await find(tx, context, reference)).id);
}

const arrangedFields = (edition: string, owner: string, approver: string, reviewOn: string | null) => [
  field('edition', 'Which edition?', 'text', { value: edition }),
  field('approver', 'Who approves it?', 'text', {
    value: approver === '' ? null : approver,
    hint: 'Somebody who writes nothing in it: the managing director, for example.',
  }),
  field('owner', 'Whose is it?', 'text', { value: owner }),
  field('review', 'When is it reviewed next?', 'date', {
    required: false,
    value: reviewOn,
    hint: 'Empty: a year after its approval.',
  }),
];

async function arranged(tx: Queryable, context: Context, sent: Sent): Promise<NewSoa> {
  return {
    edition: sentText(sent, 'edition'),
    approverId: (await personNamed(tx, context, sentText(sent, 'approver'), 'approver')).id,
    ownerId: (await personNamed(tx, context, sentText(sent, 'owner'), 'owner')).id,
    reviewOn: sentText(sent, 'review') === '' ? null : sentDay(sent, 'review', context),
  };
}

const nameOf = async (tx: Queryable, id: number) => (await selectNames(tx, [id])).get(id) ?? '';

/** Everything that is approved, on one card: what it says in sum, what is new in it, and the whole as a file. */
async function approvalCard(tx: Queryable, context: Context, soa: Soa): Promise<ReplyParts> {
  const entries = await selectEntries(tx, soa.id);
  const before = soa.begunFrom === null ? null : await soas.select(tx, soa.begunFrom);
  const lines = before === null ? [] : await changeLines(tx, before, soa);
  const excluded = entries.filter(({ applies }) => applies === false);
  const may = soaStates.may('approve', context.person, soa, { incomplete: 0 });
  const values = { record: soa.reference };
  return {
    text: [
      `Statement of Applicability ${soa.edition}`,
      before === null ? 'It is the first edition.' : lines.length === 0 ? `Nothing is different since ${before.edition}.` : `${lines.length} of 93 controls are different since ${before.edition}. The document has all of them.`,
    ].join('\n'),
    facts: [...countsOf(entries), { label: 'Excluded are', value: excluded.map(({ control }) => entryTitle(control)).join('; ') || 'none' }],
    items: lines.slice(0, mostShown),
    files: [await keepOutgoingFile(tx, `SoA-${soa.edition}.docx`, await documentOf(tx, soa, languageOf(context.person)))],
    aside: `${soa.reference} · ${standingOf(soa, context.person.timeZone)}`,
    buttons: may
      ? [
          signButton('approve', 'Approve it', values, seenOf(soa, contentHash(soa.edition, entries)), { style: 'primary' }),
          recordButton('return', 'Send back', soa.reference, { opensForm: true }),
        ]
      : [],
  };
} // prettier-ignore

const seenOf = ({ state, edition, approverId }: Soa, hash: string) =>
  markOf([state, edition, approverId, hash]);

export function actionsOf(card: (tx: Queryable, context: Context, row: Soa) => Promise<ReplyParts>): Actions {
  const shown = async (tx: Queryable, context: Context, row: Soa, note: string | null = null) =>
    asked({ ...(await card(tx, context, row)), note }, true);

  return {
    ...proposalActions(room),
    [`${room}.exclusions`]: async (tx, context) => toAsker(await exclusionsCard(tx, context)),
    [`${room}.lacks`]: async (tx, context) => toAsker(await lacksCard(tx, context)),
    [`${room}.changes`]: async (tx, context) => toAsker(await changesCard(tx, context)),

    async [`${room}.document`](tx, context, { argument }) {
      const soa = await find(tx, context, argument('record'));
      const bytes = await documentOf(tx, soa, languageOf(context.person));
      return toAsker({
        text: `The Statement of Applicability ${soa.edition}, ${standingOf(soa, context.person.timeZone)}.`,
        files: [await keepOutgoingFile(tx, `SoA-${soa.edition}.docx`, bytes)],
        buttons: [
          { id: actionId(`${room}.sheet`, { record: soa.reference, format: 'xlsx' }), label: 'As Excel' },
          { id: actionId(`${room}.sheet`, { record: soa.reference, format: 'csv' }), label: 'As CSV' },
        ],
      });
    },
    async [`${room}.sheet`](tx, context, { argument }) {
      const soa = await find(tx, context, argument('record'));
      const text = `The Statement of Applicability ${soa.edition}, ${standingOf(soa, context.person.timeZone)}.`;
      const file = { name: `SoA-${soa.edition}`, text, table: await tableOf(tx, soa) };
      const sent = await sendTable(tx, room, argument, { record: soa.reference }, file);
      return sent.map((each) => ({ ...each, reply: { ...each.reply, buttons: [] } }));
    },
    async [`${room}.comparison`](tx, context, { argument }) {
      const soa = await find(tx, context, argument('record'));
      if (soa.begunFrom === null) return toAsker(await changesCard(tx, context));
      const before = await soas.select(tx, soa.begunFrom);
      const lines = await changeLines(tx, before, soa);
      const table = { columns: ['control', 'what is different'], rows: lines.map(({ text, detail }) => [text, detail ?? '']) };
      const file = { name: `SoA-${before.edition}-to-${soa.edition}`, text: `What is different in edition ${soa.edition}, compared with ${before.edition}.`, table };
      const sent = await sendTable(tx, room, argument, { record: soa.reference }, file);
      return sent.map((each) => ({ ...each, reply: { ...each.reply, buttons: [] } }));
    },

    ...formCommand<{ tx: Queryable; context: Context; form: Form }>(room, 'begin', {
      async open(tx, context) {
        const former = await selectApproved(tx);
        const approver = former === null ? '' : await nameOf(tx, former.approverId);
        const owner = former === null ? context.person.name : await nameOf(tx, former.ownerId);
        const fields = arrangedFields(nextEdition(former?.edition ?? null), owner, approver, null);
        return { tx, context, form: { id: `${room}.send-begin`, title: 'New edition', submitLabel: 'Begin', fields } };
      },
      lead: () => 'The new edition begins with what the last one says.',
      form: ({ form }) => form,
      at: 'edition',
      async write({ tx, context }, sent) {
        const row = await beginSoa(tx, commandOf(context), await arranged(tx, context, sent));
        return shown(tx, context, row, 'Begun. Say what is different, control by control: «SoA A.8.30: applies, because …».');
      },
    }),
    ...formCommand<{ tx: Queryable; context: Context; soa: Soa; names: [string, string] }>(room, 'arrange', {
      async open(tx, context, { argument }) {
        const soa = await locked(tx, context, argument('record'));
        await soaStates.by('arrange', soa.state)?.refuseUnless(tx, commandOf(context), soa, { incomplete: 0 });
        if (soa.state !== 'draft') throw new Refusal(`${soa.reference} is no draft any more.`);
        return { tx, context, soa, names: [await nameOf(tx, soa.ownerId), await nameOf(tx, soa.approverId)] };
      },
      lead: ({ soa }) => `Edition ${soa.edition}: its number, its owner and who approves it.`,
      form: ({ soa, names: [owner, approver] }) => ({
        id: actionId(`${room}.send-arrange`, { record: soa.reference }),
        title: 'Number and approver',
        submitLabel: 'Save',
        fields: arrangedFields(soa.edition, owner, approver, soa.reviewOn),
      }),
      at: 'edition',
      write: async ({ tx, context, soa }, sent) =>
        shown(tx, context, await arrangeSoa(tx, commandOf(context), soa, await arranged(tx, context, sent))),
    }),
    ...formCommand<{ tx: Queryable; context: Context; soa: Soa }>(room, 'pick', {
      open: async (tx, context, { argument }) => ({ tx, context, soa: await find(tx, context, argument('record')) }),
      lead: () => 'Which control?',
      form: ({ soa }) => ({
        id: actionId(`${room}.send-pick`, { record: soa.reference }),
        title: 'Change a control',
        submitLabel: 'Go on',
        fields: [field('control', 'Which control?', 'text', { hint: 'For example: A.8.30' })],
      }),
      at: 'control',
      async write({ tx, context, soa }, sent) {
        const said = sentText(sent, 'control');
        const control = normaliseRequirement(/^a/i.test(said) ? said : `A.${said}`);
        if (control === null || !controlNumbers().includes(control)) throw new Refusal(`«${said}» is no control of Annex A. Write it as A.8.30.`);
        return toAsker(await editForm(tx, context, soa, control));
      },
    }),
    ...formCommand<{ tx: Queryable; context: Context; soa: Soa; control: string; reply: ReplyParts & { form: Form } }>(room, 'edit', {
      async open(tx, context, { argument }) {
        const { id } = await find(tx, context, argument('record'));
        const soa = await lockDraft(tx, commandOf(context), id);
        const control = argument('control');
        return { tx, context, soa, control, reply: await editForm(tx, context, soa, control) };
      },
      lead: ({ reply }) => reply.text ?? '',
      form: ({ reply }) => reply.form,
      at: 'justification',
      async write({ tx, context, soa, control }, sent) {
        const values = await sentValues(tx, context, sent);
        const { changed, soa: row } = await writeEntries(tx, commandOf(context), soa, [{ control, values }]);
        const lacks = lackingIn(values);
        const said = changed.length === 0 ? 'Nothing was different.' : `Written: ${entryTitle(control)}.`;
        return shown(tx, context, row, `${said}${lacks.length === 0 ? '' : ` It still lacks ${lacks.join(', ')}.`}`);
      },
    }),

    async [`${room}.send`](tx, context, { argument }) {
      const command = commandOf(context);
      const soa = await sendForApproval(tx, command, await locked(tx, context, argument('record')));
      const approver = await selectPerson(tx, soa.approverId);
      const say = sayTo(approver);
      const told = tell(command, [soa.approverId], {
        text: say('toApproveFrom', { name: context.person.name, edition: soa.edition }),
        buttons: [recordButton('look', say('look'), soa.reference, { style: 'primary' })],
      });
      return [...(await shown(tx, context, soa, `${approver.name} is asked to approve it.`)), ...told];
    },
    async [`${room}.look`](tx, context, { argument }) {
      const soa = await find(tx, context, argument('record'));
      return toAsker(soa.state === 'in_review' ? await approvalCard(tx, context, soa) : await card(tx, context, soa));
    },
    [`${room}.approve`]: {
      async look(tx, context, { argument }) {
        const soa = await locked(tx, context, argument('record'));
        const seen = seenOf(soa, contentHash(soa.edition, await selectEntries(tx, soa.id)));
        return { seen, card: () => (soa.state === 'in_review' ? approvalCard(tx, context, soa) : card(tx, context, soa)) };
      },
      async sign(tx, context, { argument }) {
        const command = commandOf(context);
        const soa = await approveSoa(tx, command, await locked(tx, context, argument('record')));
        const owner = await selectPerson(tx, soa.ownerId);
        const say = sayTo(owner);
        const told = tell(command, [soa.ownerId], {
          text: say('approved', { name: context.person.name, edition: soa.edition }),
          buttons: [recordButton('show', say('look'), soa.reference)],
        });
        return [...(await shown(tx, context, soa, `You approved edition ${soa.edition}. It stays as it is from now on.`)), ...told];
      },
    },
    ...formCommand<{ tx: Queryable; context: Context; soa: Soa }>(room, 'return', {
      open: async (tx, context, { argument }) => ({ tx, context, soa: await locked(tx, context, argument('record')) }),
      lead: ({ soa }) => `What does edition ${soa.edition} still lack?`,
      form: ({ soa }) => ({
        id: actionId(`${room}.send-return`, { record: soa.reference }),
        title: 'Send back',
        submitLabel: 'Send back',
        fields: [field('reason', 'What is missing, or is not so?', 'multiline')],
      }),
      at: 'reason',
      async write({ tx, context, soa }, sent) {
        const command = commandOf(context);
        const reason = sentText(sent, 'reason');
        const row = await returnSoa(tx, command, soa, reason);
        const owner = await selectPerson(tx, row.ownerId);
        const say = sayTo(owner);
        const told = tell(command, [row.ownerId], {
          text: say('returned', { name: context.person.name, edition: row.edition, reason }),
          buttons: [recordButton('show', say('look'), row.reference)],
        });
        return [...(await shown(tx, context, row, 'Sent back, with your reason.')), ...told];
      },
    }),
  };
} // prettier-ignore

/** The form of one control, filled with what it says. */
async function editForm(
  tx: Queryable,
  _context: Context,
  soa: Soa,
  control: string,
): Promise<ReplyParts & { form: Form }> {
  const entry = await entryOf(tx, soa.id, control);
  if (entry === null) throw new Refusal(`«${control}» is no control of Annex A.`);
  return {
    text: `${entryTitle(control)} in edition ${soa.edition}`,
    form: {
      id: actionId(`${room}.send-edit`, { record: soa.reference, control }),
      title: control,
      submitLabel: 'Save',
      fields: entryFormFields(entry, entry.ownerName),
    },
  };
}
