/** Which lesson words name, as people call what it is about. */
import { plain, words } from '../../language/vocabulary.ts';
import { lessonNamed, lessons } from './lesson-bank.ts';

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

/** The lesson that a cell names: by its file, its title, or what people call it. */
export function lessonFor(said: string): string | null {
  const titled = lessons().find(({ title }) =>
    Object.values(title).some((each) => plain(each) === plain(said)),
  );
  return lessonNamed(said)?.id ?? titled?.id ?? topicNamed(said);
}
