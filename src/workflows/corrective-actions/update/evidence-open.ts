/** Evidence as it stands on a card: a file to be opened, or an address in full; given back to whoever may see its record. */
import {
  actionId,
  type ActionHandler,
  type Addressed,
  type Context,
  type ItemParts,
  type ReplyParts,
} from '../../../conversation/contract.ts';
import { needLane } from '../../../conversation/lanes.ts';
import { keepOutgoingFile, largestOutgoing } from '../../../conversation/outgoing-file.ts';
import type { Queryable } from '../../../db/database.ts';
import { Refusal } from '../../../errors.ts';
import { selectOptionalEvidence, type Evidence } from '../../../records/evidence.ts';
import { selectOptionalNamed } from '../../../records/record.ts';
import { describeError } from '../../../log.ts';
import { inFull } from '../../../language/calendar.ts';
import { evidenceInWords, sizeInWords } from '../evidence-words.ts';
import type { Dependencies } from '../dependencies.ts';
import { toAsker } from '../../../dialogue/command.ts';

/** What a card shows of its evidence: each file with a button of its own, each address whole. */
export function evidenceShown(pieces: readonly Evidence[]): {
  facts: NonNullable<ReplyParts['facts']>;
  items: ItemParts[];
} {
  return {
    facts: pieces
      .filter(({ sha256 }) => sha256 === null)
      .map((piece) => ({ label: 'Evidence', value: `${evidenceInWords(piece)} (${broughtBy(piece)})` })),
    items: pieces
      .filter(({ sha256 }) => sha256 !== null)
      .map((piece) => ({
        text: evidenceInWords(piece),
        detail: broughtBy(piece),
        button: { id: actionId('corrective-actions.open', { evidence: piece.id }), label: 'Open' },
      })),
  };
}

function broughtBy({ uploadedByName, uploadedAt, state }: Evidence): string {
  const judged = state === 'accepted' || state === 'rejected' ? `, ${state}` : '';
  return `by ${uploadedByName}, ${inFull(uploadedAt.toISOString().slice(0, 10))}${judged}`;
}

export function evidenceActions(parts: Pick<Dependencies, 'files' | 'log'>): Record<string, ActionHandler> {
  return {
    'corrective-actions.open': (tx, context, { argument }) =>
      open(tx, parts, context, Number(argument('evidence'))),
  };
}

async function open(
  tx: Queryable,
  { files, log }: Pick<Dependencies, 'files' | 'log'>,
  context: Context,
  id: number,
): Promise<Addressed[]> {
  const { person, inputId } = context;
  const known = Number.isInteger(id) && id > 0 && id < 2 ** 31;
  const piece = known ? await selectOptionalEvidence(tx, id) : null;
  const kept = piece === null ? null : await selectOptionalNamed(tx, person, piece.belongsTo);
  if (piece === null || kept === null)
    throw new Refusal('There is no such evidence that you may see. Say «my actions» for what is yours.');
  const words = evidenceInWords(piece);
  if (piece.sha256 === null)
    return toAsker({ text: `${words}\nThis is an address: I have not looked behind it, and keep no copy.` });
  if ((piece.size ?? 0) > largestOutgoing)
    throw new Refusal(
      `${words} is larger than the ${sizeInWords(largestOutgoing)} that I can hand over. Whoever runs Isma finds it in the store of evidence, under ${piece.sha256}.`,
    );
  needLane(context, 'outside'); // the store may be a bucket somewhere
  const bytes = await files.get(piece.sha256).catch((error: unknown) => {
    log.error({ input: inputId, evidence: id, ...describeError(error) }, 'evidence could not be read');
    throw new Refusal(`${words} cannot be had from the store of evidence just now. Nothing was changed.`);
  });
  const file = await keepOutgoingFile(tx, piece.fileName ?? 'file', bytes);
  return toAsker({ text: `${words}, as it was kept on ${kept.reference}:`, files: [file] });
}
