/** Reads from plain words that something happened just now, and not that somebody asks what to do if it did. */
import { instructs } from '../../language/instructing.ts';
import { words, type Said, type WordList } from '../../language/vocabulary.ts';
import { parseReference } from '../../records/reference.ts';

const happened = words('incidents/happened');
const leading = words('incidents/leading');
const joining = words('incidents/joining');
const supposing = words('incidents/supposing');
const atATime = words('incidents/at a time');
const longAgo = words('incidents/long ago');
const plea = words('incidents/plea');
const reporting = words('incidents/reporting');
const listing = words('incidents/listing');
const worrying = words('incidents/worrying');
const me = words('incidents/me');
const questions = words('updates/questions');
/** Who asks for another kind of record by its name is taken at their word. */
const raising = words('findings/raising');
const headed = words('findings/headed');

/** Characters of the words of somebody who is in a hurry; a longer text is no cry for help. */
const longestCry = 1_500;

interface Clause {
  text: string;
  /** What of its sentence stands before it. */
  before: string;
  asks: boolean;
}

/**
 * What somebody reports with these words; empty where they only say that they have something to report, null where they do not.
 * Whoever tells it and asks something else, too, is answered, and reporting is offered beside it.
 */
export function readIncident(said: string): string | null {
  const text = said.normalize('NFKC').replace(/[‘’]/g, "'").replace(/[^\S\n]+/g, ' ').trim();
  if (text === '' || text.length > longestCry || instructs(text)) return null;
  if (parseReference(text.split(/[\s:]/, 1)[0] ?? '') !== null || readListing(text) !== null) return null;
  if ([raising, headed].some((list) => list.begins(text)?.from === 0)) return null;
  const outright = reporting.begins(text);
  if (outright?.from === 0 && !/\?\s*$/.test(text)) {
    const rest = text.slice(outright.to);
    // «incident policy» is a topic.
    if (/^[\s.!]*$/.test(rest)) return '';
    const told = /^(?:\s*[:,.–-]+|\s)\s*(\S[\s\S]{7,})$/.exec(rest)?.[1];
    if (told !== undefined && (outright.text.includes(' ') || /^\s*[:–-]/.test(rest))) return told;
  }
  const clauses = clausesOf(text);
  const telling = clauses.find(tells);
  if (telling === undefined || longAgo.has(text)) return null;
  return clauses.every((each) => each === telling || !each.asks || opens(plea, each.text)) ? text : null;
} // prettier-ignore

/** Which incidents somebody asks to see. */
export function readListing(text: Said): 'open' | 'all' | null {
  const meant = listing.is(text);
  return meant === 'open' || meant === 'all' ? meant : null;
}

/** Words of somebody to whom it may have happened: reporting is offered beside the answer. */
export function mayBeIncident(text: string): boolean {
  return !instructs(text) && worrying.has(text) && me.has(text);
}

function tells({ text, before, asks }: Clause): boolean {
  if (asks || supposing.has(before) || supposing.begins(text)?.from === 0) return false;
  return opens(happened, text);
}

/** At the beginning, behind words that say nothing. */
function opens(list: WordList, text: string): boolean {
  for (let at = 0; ;) {
    const rest = text.slice(at);
    const start = rest.search(/[\p{L}\p{N}]/u);
    if (start < 0) return false;
    if (list.begins(rest)?.from === start) return true;
    const lead = leading.begins(rest);
    if (lead?.from !== start) return false;
    at += lead.to;
  }
}

/** The parts of all sentences. In one that asks, the last part asks, and what is said of a time before it only supposes. */
function clausesOf(text: string): Clause[] {
  return (text.match(/[^.!?;\n]+[.!?;\n]*/gu) ?? []).flatMap((sentence) => {
    const cuts = [...joining.findAll(sentence).map(({ from }) => from), ...[...sentence.matchAll(/[,:()]|\s[–—-]\s/gu)].map(({ index }) => index + 1)];
    const starts = [0, ...cuts.toSorted((one, other) => one - other)];
    const isQuestion = sentence.includes('?');
    return starts.flatMap((from, at): Clause[] => {
      const part = sentence.slice(from, starts[at + 1]);
      if (!/[\p{L}\p{N}]/u.test(part)) return [];
      const before = sentence.slice(0, from);
      const asks = opens(questions, part) && (isQuestion || !(opens(happened, part) || atATime.begins(part)?.from === 0));
      const supposes = isQuestion && (atATime.has(before) || atATime.begins(part)?.from === 0);
      return [{ text: part, before, asks: asks || supposes || (isQuestion && at === starts.length - 1) }];
    });
  });
} // prettier-ignore

/** That it happened, whatever they ask about it. */
export function tellsOfIncident(text: string): boolean {
  return clausesOf(text).some((each) => tells({ ...each, asks: false }));
}
