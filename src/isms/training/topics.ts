/** Which lesson words name, as people call what it is about. */
import { words } from '../../language/vocabulary.ts';

const topics = words('awareness/topics');
const around = words('awareness/around');

/** The lesson that words name, and nothing else beside it. */
export function topicNamed(said: string): string | null {
  let rest = said.trim();
  for (let at = around.begins(rest); at !== null && topics.is(rest) === null; at = around.begins(rest))
    rest = rest.slice(at.to).trim();
  return topics.is(rest);
}

/** The lesson with which words begin, and where it ends. */
export function topicFirst(said: string): { topic: string; to: number } | null {
  const found = topics.begins(said);
  return found === null ? null : { topic: found.meaning, to: found.to };
}
