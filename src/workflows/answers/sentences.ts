/** Divides an answer into its sentences while it is being written: each is given out once, as soon as it is whole. */
import { words } from '../../language/vocabulary.ts';
import { marksIn } from './citation-marks.ts';

/** «ext. 4444», «e.g. a phone»: a full stop that ends no sentence. */
const abbreviations = words('statements/abbreviations');
const months = words('dates/months');
/** The end of a sentence, with what closes it; the marks behind it belong to it. */
const end = /(?<![.!?…。])[.!?…。]+["'”»)\]]{0,3}(?=\s)|\n/g;
const marksBehind = /^(?:[^\S\n]?\\?[[【(][^\])】\n]{0,340}(?:\\?[\]】)]))*/u;
/** More than are ever shown. */
const mostPassages = 99;
/** Characters that say whether a mark follows. */
const longestMarks = 400;

export interface Sentences {
  /** @returns the sentences that have become whole since the last call; all that is left where the text is `finished` */
  next(text: string, finished: boolean): string[];
  /** Whether the text goes on from the one before. */
  continues(text: string): boolean;
}

export function createSentences(): Sentences {
  /** Up to where sentences were given out, and where the next end is looked for. */
  let given = 0;
  let looked = 0;
  let before = '';

  function cut(text: string, at: number): string {
    const sentence = text.slice(given, at);
    given = looked = at;
    before = text.slice(Math.max(0, at - 50), at);
    return sentence;
  }

  return {
    continues: (text) => text.length >= given && text.startsWith(before, given - before.length),
    next(text, finished) {
      const whole: string[] = [];
      for (;;) {
        end.lastIndex = looked;
        const found = end.exec(text);
        if (found === null) break;
        const at = found.index + (found[0] === '\n' ? 0 : found[0].length);
        const behind = text.slice(at, at + longestMarks);
        // «ext. » and «30. » may go on.
        if (
          !finished &&
          found[0].startsWith('.') &&
          behind.trim() === '' &&
          mayGoOn(text.slice(Math.max(given, at - 20), at))
        )
          return whole;
        if (found[0] !== '\n' && !endsSentence(text.slice(Math.max(given, at - 20), at), behind)) {
          looked = at;
          continue;
        }
        const marks = found[0] === '\n' ? '' : (marksBehind.exec(behind)?.[0] ?? '');
        const close = at + marks.length;
        // What may be a mark is not whole yet, and without one the next letter says whether one comes.
        const rest = behind.slice(marks.length);
        const isOpen = /^[^\S\n]?\\?[[【(]/.test(rest) && rest.length < longestMarks;
        const unclear =
          isOpen ||
          rest === '' ||
          (!endsWithMark(text.slice(given, close)) && rest.trim() === '' && !rest.includes('\n'));
        if (!finished && unclear) return whole;
        whole.push(cut(text, found[0] === '\n' ? close + 1 : close));
      }
      looked = Math.max(looked, text.length - longestTail);
      if (finished && given < text.length) whole.push(cut(text, text.length));
      return whole;
    },
  };
}

/** The last sign may end a sentence once it is known what follows. */
const longestTail = 8;

/** A mark inside does not say that none follows. */
function endsWithMark(sentence: string): boolean {
  const last = marksIn(sentence, mostPassages).at(-1);
  return last !== undefined && !/[\p{L}\p{N}]/u.test(sentence.slice(last.to));
}

function mayGoOn(sentence: string): boolean {
  return /\d\.$/.test(sentence) || abbreviations.ends(sentence) !== null;
}

/** @param behind  what follows, of which the first letters say enough */
function endsSentence(sentence: string, behind: string): boolean {
  const next = /^\s*(.)/su.exec(behind)?.[1] ?? '';
  if (!sentence.endsWith('.')) return true;
  if (/^\s*\d{1,3}\.$/.test(sentence) || /\p{Ll}/u.test(next)) return false;
  if (/\d\.$/.test(sentence)) return months.begins(behind.slice(0, 20)) === null;
  return abbreviations.ends(sentence) === null || !/[\d\p{L}]/u.test(next);
}

/** «Lost phones» in a line of its own, or «Two things:». */
export function isHeading(sentence: string): boolean {
  const line = sentence.trim();
  if (/^(?:[-•*]|\d{1,3}[.)])\s/.test(line)) return false;
  return (
    line.endsWith(':') ||
    (sentence.endsWith('\n') && !/[.!?\])】]$/.test(line) && line.split(/\s+/).length <= longestHeading)
  );
}

/** Words. */
const longestHeading = 5;
