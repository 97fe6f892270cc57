/** Looking at what was brought: it is opened first, and accepted, sent back or given to the auditor on the card that shows it. */
import {
  type ActionCall,
  type Actions,
  type Addressed,
  type Context,
  type OutgoingFile,
  type ReplyParts,
  type SigningAction,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { buttonsOf, markOf } from '../../dialogue/buttons.ts';
import { commandOf } from '../../dialogue/command.ts';
import { evidenceInWords, evidenceShown, fileOf } from '../../dialogue/evidence.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, sentText } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import {
  canMake,
  evidenceRequests,
  requestStates,
  selectRequestFacts,
  type EvidenceRequest,
} from '../../isms/evidence-request/evidence-request.ts';
import { acceptEvidence, beginReview, giveEvidence, sendBack } from '../../isms/evidence-request/moves.ts';
import { addMonths, dayOf, inFull } from '../../language/calendar.ts';
import { linesOf } from '../../language/text.ts';
import { dayIn, languageOf } from '../../language/wording.ts';
import { selectEvidence, type Evidence } from '../../records/evidence.ts';
import { isReadOnly } from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import { selectOptionalNamed } from '../../records/record.ts';
import type { Dependencies } from '../dependencies.ts';
import { bringId, lookButton, requirementInWords, reviewButton, room, sayTo, titleLine } from './said.ts';

/** Files that come with the card; the others stand on it, to be opened. */
const mostFiles = 3;
const { signButton } = buttonsOf(room);

interface Looked {
  row: EvidenceRequest;
  pieces: Evidence[];
  /** What was seen, in a few characters. */
  seen: string;
}

export function reviewActions(parts: Dependencies): Actions {
  async function lookAt(tx: Queryable, { person }: Context, { argument }: Pick<ActionCall, 'argument'>): Promise<Looked> {
    const found = await evidenceRequests.selectOptional(tx, argument('record'));
    if (found === null || (await selectOptionalNamed(tx, person, evidenceRequests.nameOf(found))) === null)
      throw new Refusal(`There is no ${argument('record')} that you may see.`);
    const row = await evidenceRequests.lock(tx, found.id);
    const pieces = (await selectEvidence(tx, [evidenceRequests.nameOf(row)])).filter(({ state }) => state !== 'rejected');
    return { row, pieces, seen: markOf([row.version, ...pieces.map(({ id, number }) => `${id}/${number}`)]) };
  }

  /** With what was brought: files come along, so that nobody signs what they did not see. */
  async function cardOf(tx: Queryable, context: Context, { row, pieces, seen }: Looked): Promise<ReplyParts> {
    const { person, now } = context;
    const facts = await selectRequestFacts(tx, row);
    const may = (move: string) => canMake(move, person, row, facts);
    const files: OutgoingFile[] = [];
    const left: string[] = [];
    for (const piece of pieces.filter(({ sha256 }) => sha256 !== null).slice(0, mostFiles))
      try {
        files.push(await fileOf(tx, parts, context, piece));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        left.push(error.message);
      }
    const shown = evidenceShown(room, pieces);
    const record = { record: row.reference };
    const until = row.months === null ? null : addMonths(row.datedOn ?? dayOf(now, person.timeZone), row.months);
    const revisions = pieces.filter(({ number }) => number > 1).map((piece) => `${evidenceInWords(piece)}: revision ${piece.number}`);
    return {
      text: linesOf(titleLine(row), `${row.reference} · asked by ${row.askedByName} · by ${inFull(row.dueOn)}`, ...left),
      facts: [
        ...(row.what === row.title ? [] : [{ label: 'Has to show', value: row.what }]),
        ...(row.requirements.length === 0 ? [] : [{ label: 'For', value: row.requirements.map(requirementInWords).join('; ') }]),
        ...(row.datedOn === null ? [] : [{ label: 'Speaks of', value: inFull(row.datedOn) }]),
        ...(until === null ? [] : [{ label: may('accept') ? 'Would count until' : 'Counts until', value: inFull(may('accept') ? until : (row.expiresOn ?? until)) }]),
        ...revisions.map((value) => ({ label: 'Newer than before', value })),
      ],
      items: shown,
      files,
      buttons: [
        ...(may('accept') ? [signButton('accept', isReadOnly(person) ? 'Take it' : 'Accept', record, seen, { style: 'primary' }), signButton('reject', 'Send back', record, seen, { opensForm: true })] : []),
        ...(may('give') ? [signButton('give', 'Give it to the auditor', record, seen, may('accept') ? {} : { style: 'primary' })] : []),
      ],
    };
  } // prettier-ignore

  const look: SigningAction['look'] = async (tx, context, call) => {
    const looked = await lookAt(tx, context, call);
    const text = `${looked.row.reference} · ${titleLine(looked.row)}`;
    return { seen: looked.seen, card: async () => ({ text, buttons: [{ ...reviewButton(looked.row.reference), style: 'primary' }] }) };
  };

  function receipt(row: EvidenceRequest, text: string): Addressed[] {
    return asked({ text, buttons: [lookButton(row.reference)] }, true);
  }

  return {
    async [`${room}.review`](tx, context, call) {
      const looked = await lookAt(tx, context, call);
      const facts = await selectRequestFacts(tx, looked.row);
      const [begins, gives] = ['review', 'give'].map((move) => canMake(move, context.person, looked.row, facts));
      if (begins !== true && gives !== true && looked.row.state === 'submitted')
        await requestStates.by('review', looked.row.state)?.refuseUnless(tx, commandOf(context), looked.row, facts);
      if (begins === true) await beginReview(tx, commandOf(context), looked.row.id);
      return asked(await cardOf(tx, context, await lookAt(tx, context, call)), true);
    },
    [`${room}.accept`]: {
      look,
      async sign(tx, context, call) {
        const { row } = await lookAt(tx, context, call);
        const accepted = await acceptEvidence(tx, commandOf(context), row.id);
        const owner = await selectPerson(tx, accepted.ownerId);
        const { title, expiresOn } = accepted;
        const day = expiresOn === null ? '' : dayIn(languageOf(owner), expiresOn);
        const text = sayTo(owner)(expiresOn === null ? 'accepted' : 'acceptedUntil', { name: context.person.name, title, day });
        const until = expiresOn === null ? '' : ` It counts until ${inFull(expiresOn)}.`;
        return [...receipt(accepted, `Accepted: ${titleLine(accepted)}.${until}`), ...tell(commandOf(context), [owner.id], { text })];
      },
    },
    ...formCommand<{ tx: Queryable; context: Context } & Looked>(room, 'reject', {
      look,
      open: async (tx, context, call) => {
        const looked = await lookAt(tx, context, call);
        await requestStates.by('reject', 'in_review')?.refuseUnless(tx, commandOf(context), looked.row, await selectRequestFacts(tx, looked.row));
        return { tx, context, ...looked };
      },
      lead: ({ row }) => `What does the evidence for ${row.reference} lack?`,
      form: ({ row, seen }) => ({
        id: signButton('send-reject', '', { record: row.reference }, seen).id,
        title: 'Send it back',
        submitLabel: 'Send back',
        fields: [field('reason', 'What is missing, or would not do?', 'multiline', { hint: 'Its owner reads this.' })],
      }),
      at: 'reason',
      async write({ tx, context, row }, fields) {
        const reason = sentText(fields, 'reason');
        const back = await sendBack(tx, commandOf(context), row.id, reason);
        const owner = await selectPerson(tx, back.ownerId);
        const say = sayTo(owner);
        const reply: ReplyParts = {
          text: linesOf(say('returned', { name: context.person.name, title: back.title, reason }), say('drop')),
          buttons: [{ id: bringId(back.reference), label: say('bring'), style: 'primary' }],
        };
        const told = tell(commandOf(context), [owner.id], reply).map((each) => ({ ...each, awaits: bringId(back.reference) }));
        return [...receipt(back, `Sent back to ${owner.name}: ${titleLine(back)}.`), ...told];
      },
    }),
    [`${room}.give`]: {
      look,
      async sign(tx, context, call) {
        const { row, pieces } = await lookAt(tx, context, call);
        const given = await giveEvidence(tx, commandOf(context), row.id);
        const reply: ReplyParts = {
          text: `Here is what you asked for: ${given.title}`,
          facts: [{ label: 'Reference', value: given.reference }, { label: 'Given by', value: context.person.name }],
          ...itemsOf(pieces),
          buttons: [{ ...reviewButton(given.reference), label: 'Take it or send it back' }, lookButton(given.reference)],
        };
        return [...receipt(given, `Given to ${given.askedByName}: ${given.title}.`), ...tell(commandOf(context), [given.askedBy], reply)];
      },
    },
  };
} // prettier-ignore

function itemsOf(pieces: readonly Evidence[]): Pick<ReplyParts, 'items'> {
  return { items: evidenceShown(room, pieces) };
}
