/** Who is told what became of something: each a short message with the buttons to act; never the actor, and one message however many things. */
import type { Addressed, ItemParts, OpenerParts, ReplyParts } from '../conversation/contract.ts';
import type { CommandContext } from '../records/command-context.ts';

/** Each of them once, and nobody what they did themselves. */
export function tell(
  { actor }: Pick<CommandContext, 'actor'>,
  people: readonly (number | null)[],
  reply: ReplyParts,
): Addressed[] {
  return [...new Set(people)].flatMap((personId) =>
    personId === null || personId === actor.id ? [] : [{ to: { personId }, reply }],
  );
}

/** Several things for one person in one moment are one message: a line each, with the first thing to press. */
export function gathered(told: readonly Addressed[], by: string): Addressed[] {
  const isFor = (each: Addressed, id: number) => typeof each.to === 'object' && each.to.personId === id;
  const people = new Set(told.flatMap(({ to }) => (typeof to === 'object' ? [to.personId] : [])));
  const many = [...people].filter((id) => told.filter((each) => isFor(each, id)).length > 1);
  return [
    ...told.filter((each) => !many.some((id) => isFor(each, id))),
    ...many.map((personId): Addressed => {
      const things = told.filter((each) => isFor(each, personId)).map(({ reply }) => reply);
      return {
        to: { personId },
        reply: { text: `${things.length} things from ${by}:`, items: things.map(itemOf) },
      };
    }),
  ];
}

function itemOf({ text, facts = [], buttons = [] }: ReplyParts): ItemParts {
  const [first] = buttons.filter(({ signs = false }) => !signs) as OpenerParts[];
  const detail = facts.map(({ label, value }) => `${label}: ${value}`).join(' · ');
  return { text, detail: detail === '' ? null : detail, button: first ?? null };
}
