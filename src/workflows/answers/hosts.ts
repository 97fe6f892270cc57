/** Host names in an answer: chats turn them into links, so that only those may stand which a cited section itself holds. */
import { withoutEnding } from '../../language/text.ts';

import { colons, dots, slashes } from '../../conversation/look-alikes.ts';

/** Letters that host names and mail addresses are made of, whatever is taken for a dot included, and a port and a path where they follow. */
const run = new RegExp(`([\\p{L}\\p{N}${dots}_%+@-]+)(?:[${colons}]\\d+)?(?:[${slashes}?#？＃]\\S*)?`, 'gu');
/** The least that a browser takes for a host: a label, a dot, and two letters. */
const anyHost = new RegExp(`[\\p{L}\\p{N}-][${dots}]\\p{L}{2}`, 'u');

/** No letter, of two halves perhaps, and no end of a path. */
const punctuation = /[^\p{L}\p{N}/\uD800-\uDFFF]/u;

/** Host names of the sections that an answer cites, as they are compared. */
export function learnHosts(known: Set<string>, source: string): void {
  for (const [whole, name = ''] of source.matchAll(run))
    if (anyHost.test(name)) known.add(bare(whole)).add(bare(name.slice(name.lastIndexOf('@') + 1)));
}

/** Takes out the names that no cited section holds, whole with their mail address or path; none may be a part of a known one. */
export function withoutStrangeHosts(text: string, known: ReadonlySet<string>): string {
  return text.replace(run, (whole, name: string) => {
    if (!anyHost.test(name) || known.has(bare(whole))) return whole;
    // A full stop after the name is the sentence's.
    return whole.length > name.length ? '' : name.slice(withoutEnding(name, punctuation).length);
  });
}

function bare(host: string): string {
  return withoutEnding(host, punctuation)
    .replace(/^[._%+-]+/, '')
    .toLowerCase();
}
