/** Decisions: each is made on the card that shows what is decided, as it is now. Whatever else is pressed for it opens that card. */
import type { Queryable } from '../db/database.ts';
import { trial } from '../db/savepoint.ts';
import { Refusal } from '../errors.ts';
import {
  parseActionId,
  type ActionCall,
  type Addressed,
  type ButtonParts,
  type Context,
  type SigningAction,
  type Workflow,
} from './contract.ts';

/** A list of yesterday, an old card and a typed command carry no sign of the card as it is now, or another one. */
export async function runSigned(
  tx: Queryable,
  context: Context,
  call: ActionCall,
  { look, sign }: SigningAction,
): Promise<Addressed[]> {
  const { seen, card } = await look(tx, context, call);
  const carried = call.argument('seen');
  if (carried === seen) return sign(tx, context, call);
  const refused = await refusalIn(tx, () => sign(tx, context, call));
  const shown = await card();
  const lead =
    refused ??
    (carried === ''
      ? 'Nothing is signed yet: look at it first.'
      : 'Nothing was signed: it has changed since you were shown it. This is how it is now.');
  const typed = Object.values(call.fields)
    .flat()
    .filter((words) => words.trim() !== '');
  return [
    {
      to: 'asker',
      reply: {
        ...shown,
        text: [lead, ...typed.map((words) => `You wrote: «${words}»`), shown.text].join('\n'),
        notice: carried === '' && refused === null ? null : 'refused',
      },
      replacesCard: carried !== '',
    },
  ];
}

/** Who was faster, or why it is not theirs, in the record's words, which a form says at its field. Nothing of it stays. */
async function refusalIn(tx: Queryable, attempt: () => Promise<Addressed[]>): Promise<string | null> {
  try {
    const [said] = await trial(tx, attempt);
    return said?.reply.form?.fields.find(({ error }) => error != null)?.error ?? null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** @throws Error where something that is said would let a person sign what it does not show: a mistake of ours, said by no one */
export function assertSignedOnCards(workflows: readonly Workflow[], said: readonly Addressed[]): void {
  const signs = ({ id }: ButtonParts) => {
    const { command } = parseActionId(id);
    return workflows.some(
      ({ actions }) => Object.hasOwn(actions, command) && 'sign' in (actions[command] ?? {}),
    );
  };
  for (const { reply } of said) {
    const { items = [], choices = [], buttons = [], form = null } = reply;
    const loose = [...items.flatMap(({ button }) => button ?? []), ...choices].filter(signs);
    const bare = buttons.filter((each) => signs(each) && !(each.signs === true && isSeen(each.id)));
    const formless = form !== null && signs({ id: form.id, label: '' }) && !isSeen(form.id) ? [form] : [];
    const [wrong] = [...loose, ...bare, ...formless];
    if (wrong !== undefined)
      throw new Error(`${parseActionId(wrong.id).command} signs, and must stand on the card that it signs`);
  }
}

function isSeen(id: string): boolean {
  return (parseActionId(id).values.get('seen') ?? '') !== '';
}
