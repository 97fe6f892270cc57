/** Mentions in a message: a door keeps whom one means, and before it is read each becomes the name of that very person. */
import type { Queryable } from '../db/database.ts';
import type { Turn } from './contract.ts';
import type { People } from './port.ts';

const mention = /<@(\w{1,64})(?:\|([^<>|]{0,80}))?>/g;
const mostMentions = 20;

/** @param label  what the platform shows for it, where it says so */
export function writeMention(user: string, label?: string): string {
  return label === undefined ? `<@${user}>` : `<@${user}|${label}>`;
}

/** The turn with names for its mentions; whoever is not known here stays as the platform shows them. */
export async function withNames(tx: Queryable, people: People, turn: Turn): Promise<Turn> {
  const users = [...new Set([...turn.text.matchAll(mention)].map(([, user = '']) => user))].slice(
    0,
    mostMentions,
  );
  if (users.length === 0) return turn;
  const names = new Map<string, string>();
  for (const user of users) {
    const name = await people.mentioned?.(tx, { ...turn.sender, user });
    if (name != null) names.set(user, name);
  }
  const text = turn.text.replace(mention, (_, user: string, label?: string) => {
    const name = names.get(user);
    return name ?? `@${label ?? 'someone'}`;
  });
  return { ...turn, text };
}
