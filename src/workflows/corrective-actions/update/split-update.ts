/** Takes a message apart into the records that it names and the words that belong to each. */
import { withoutEnding } from '../../../language/text.ts';
import { readDurations } from '../../../language/durations.ts';
import { replaced } from '../../../language/vocabulary.ts';
import { besides, readDates, type DateReading } from '../../../language/dates.ts';

/** What stands in the message for something that has been read: one private letter and its number. */
export type Mark =
  | { kind: 'records'; references: string[]; text: string }
  | { kind: 'day'; day: string; text: string }
  | { kind: 'length'; days: number; /** Says that it comes on top. */ longer: boolean; text: string }
  | { kind: 'share'; percent: number; text: string }
  | { kind: 'link'; url: string; text: string }
  | { kind: 'quote'; text: string };

export interface Marked {
  /** The message, with marks such as `\uE0003\uE001` in it. */
  text: string;
  marks: Mark[];
}

/** The words about some records, or about one that is not named. */
export interface Segment {
  references: string[];
  text: string;
}

export const markPattern = /\uE000(\d+)\uE001/g;

const dashes = /[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g;
const reference =
  /(?<![\p{L}\p{N}-])(CA|NC)(?:[ \t]{0,2}[-#:_./]?[ \t]{0,2})(\d{4}[-/_ ]\d{1,4}|\d{1,5})(?![\p{L}\p{N}]|[.,-]\d|[ ]?(?:%|prozent|percent|per ?cent|pct|pour ?cent|por ?ciento|uhr|wochen|tagen?|monate|euro|€|stück|weeks|days))/giu;
/** A record named only to explain another. */
const aside =
  /(?:see|blocked by|because of|due to|depends on|depending on|waiting for|waits for|waiting on|after|from|like|same as|related to|linked to|siehe|wegen|nach|abhängig von|wartet auf|voir|à cause de|bloquée? par|dépend de|après|ver|por|tras|depende de)\s*$/iu;
const between = /^[\s,&+/]*(?:(?:and|und|et|y|as well as|sowie|or|oder)[\s,]*)?(?:the |also |auch )?$/iu;
const quoted =
  /```[^`]*```|`[^`\n]+`|«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|(?<![\p{L}\p{N}])"[^"]*"|(?<![\p{L}\p{N}])'[^'\n]{12,}'(?![\p{L}\p{N}])|^>.*$/gmu;
const url = /https?:\/\/[^\s<>"'|\uE000\uE001]+/giu;
const share =
  /(?<![\p{L}\p{N}.,+-])(?:(?:from|von|de|du) \d{1,3} ?%? (?:to|auf|à|al?) )?(\d{1,3})\s?(?:%|percent|per ?cent|pct|prozent|pour ?cents?|por ?ciento)(?![\p{L}\p{N}])/giu;
const spokenShares = ['ten', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const spokenShare = new RegExp(
  `(?<!\\p{L})(${spokenShares.join('|')})[- ](?:percent|per ?cent)(?!\\p{L})`,
  'giu',
);
const half =
  /(?<!\p{L})(?:half[- ]?(?:way)? (?:done|finished|complete|through|there)|half[- ]?way|zur hälfte(?: (?:fertig|erledigt|umgesetzt))?|halb (?:fertig|erledigt)|à moitié(?: (?:faite?|terminée?|finie?))?|a la mitad|a medias)(?!\p{L})/giu;

/** Replaces references, days, lengths of time, shares, links and quotes by marks, so that what is left is words. */
export function markUp(said: string, reading: DateReading): Marked {
  const marks: Mark[] = [];
  const put = (mark: Mark) => `\uE000${marks.push(mark) - 1}\uE001`;

  let text = said
    .replace(/[\uE000-\uF8FF]/g, '')
    .normalize('NFKC')
    .replace(dashes, '-')
    .replace(/[‘’ʼ]/g, "'");
  text = text.replace(/<(https?:\/\/[^\s<>|]+)(?:\|[^<>]*)?>/gi, '$1');
  text = text.replace(url, (found) => {
    const address = withoutEnding(found, /[.,;:!?)\]}»”*_]/u);
    return put({ kind: 'link', url: address, text: address }) + found.slice(address.length);
  });
  text = text.replace(quoted, (found) => put({ kind: 'quote', text: restored(found, marks) }));

  const records: string[] = [];
  text = text.replace(reference, (found, kind: string, number: string, at: number, whole: string) => {
    if (aside.test(whole.slice(Math.max(0, at - 30), at))) return found;
    const name = nameOf(kind, number);
    records.push(name);
    return put({ kind: 'records', references: [name], text: found });
  });
  if (records.length === 0)
    text = text.replace(reference, (found, kind: string, number: string) =>
      put({
        kind: 'records',
        references: [nameOf(kind, number)],
        text: found,
      }),
    );

  const days = readDates(text, reading).map((date) => ({
    ...date,
    from: date.index,
    to: date.index + date.text.length,
  }));
  text = replaced(text, days, ({ day }, said) => put({ kind: 'day', day, text: said }));
  text = text.replace(share, (found, number: string) =>
    Number(number) > 100 ? found : put({ kind: 'share', percent: Number(number), text: found }),
  );
  text = text.replace(spokenShare, (found, word: string) =>
    put({ kind: 'share', percent: 10 * (spokenShares.indexOf(word.toLowerCase()) + 1), text: found }),
  );
  text = text.replace(half, (found) => put({ kind: 'share', percent: 50, text: found }));
  text = replaced(text, readDurations(text), ({ days, longer }, said) =>
    put({ kind: 'length', days, longer, text: said }),
  );
  return { text, marks };
}

/** The records that a text names, and its other words. */
export function referencesIn(text: string): { references: string[]; rest: string } {
  const references = new Set<string>();
  const rest = text.replace(reference, (_, kind: string, number: string) => {
    references.add(nameOf(kind, number));
    return ' ';
  });
  return { references: [...references], rest: rest.replace(/\s+/g, ' ').trim() };
}

function nameOf(kind: string, number: string): string {
  return `${kind.toUpperCase()}-${number.replace(/[/_ ]/, '-')}`;
}

/** The words as said, each day written out where it was not. */
export function restored(text: string, marks: Mark[]): string {
  return text.replace(markPattern, (_, at: string) => {
    const mark = marks[Number(at)];
    if (mark?.kind === 'day' && !/\d{4}/.test(mark.text))
      return `${mark.text} (${besides(mark.text, mark.day)})`;
    return mark?.text ?? '';
  });
}

/** Each record with the words that belong to it: those up to the next, but for the clause that leads to the next. */
export function segmentsOf({ text, marks }: Marked): Segment[] {
  const groups: { from: number; to: number; references: string[] }[] = [];
  for (const match of text.matchAll(markPattern)) {
    const mark = marks[Number(match[1])];
    if (mark?.kind !== 'records') continue;
    const to = match.index + match[0].length;
    const before = groups.at(-1);
    if (before !== undefined && between.test(text.slice(before.to, match.index))) {
      before.to = to;
      before.references.push(...mark.references);
    } else groups.push({ from: match.index, to, references: [...mark.references] });
  }
  if (groups.length === 0) return [{ references: [], text }];

  let from = 0;
  return groups.map((group, at) => {
    const next = groups[at + 1];
    const to = next === undefined ? text.length : group.to + boundaryIn(text.slice(group.to, next.from));
    const segment = { references: [...new Set(group.references)], text: text.slice(from, to) };
    from = to;
    return segment;
  });
}

/** Where, in the words between two records, those of the second begin. */
function boundaryIn(words: string): number {
  const strong = [...words.matchAll(/[\n;]|[.!?](?=\s)/gu)].at(-1);
  const weak = [
    ...words.matchAll(
      /,(?:\s+(?:and|und|et|y|but|aber|mais|pero)(?=\s))?|\s(?:and|und|et|y|but|aber|mais|pero|while)(?=\s)/gu,
    ),
  ].at(-1);
  const last = strong ?? weak;
  return last === undefined ? words.length : last.index + last[0].length;
}
