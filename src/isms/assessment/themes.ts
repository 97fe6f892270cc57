/** Which theme of the question bank somebody means, by its title, its requirements' titles and their everyday words. */
import { plain } from '../../language/vocabulary.ts';
import { requirements } from '../../records/requirement.ts';
import { questionBank } from './bank.ts';

/** Letters that two words share where they are forms of one: supplier, suppliers, Supply. */
const shared = 5;
const alike = (one: string, other: string) =>
  one === other ||
  (Math.min(one.length, other.length) >= shared && one.slice(0, shared) === other.slice(0, shared));

/** Those that fit best, by id: several where the words fit them alike. */
export function themesNamed(said: string): string[] {
  const asked = plain(said).split(' ').filter((word) => word.length > 2);
  if (asked.length === 0 || /\d/.test(said)) return [];
  const fits = questionBank().themes.map(({ id, title, requirements: own }) => {
    const named = plain([id, ...Object.values(title)].join(' ')).split(' ');
    const known = own.map(({ id: requirement }) => requirements().get(requirement));
    const below = plain(known.flatMap((each) => [each?.title ?? '', ...(each?.keywords ?? [])]).join(' ')).split(' ');
    const hits = (words: readonly string[]) => asked.filter((word) => words.some((other) => alike(word, other))).length;
    return { id, fit: plain(id) === asked.join(' ') ? Infinity : 3 * hits(named) + hits(below), whole: asked.every((word) => [...named, ...below].some((other) => alike(word, other))) };
  });
  const best = Math.max(...fits.map(({ fit }) => fit));
  return best === 0 ? [] : fits.filter(({ fit, whole }) => fit === best && whole).map(({ id }) => id);
} // prettier-ignore
