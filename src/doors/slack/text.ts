/** Words on their way into Slack and out of it: nothing that we send is parsed, nothing that we read keeps Slack's marks. */
import { withoutMarks } from './marks.ts';
import { writeMention } from '../../conversation/mentions.ts';
import { inert } from '../../conversation/plain-text.ts';

/** Plain words with nothing to press in them and no character that Slack refuses. */
export function plain(text: string): string {
  return inert(text.toWellFormed().replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, ''));
}

/** What the doors make of a message's own ids; no other address may be pressed, wherever it was taken from. */
const messageLinks = [
  /^https:\/\/slack\.com\/archives\/[A-Z0-9]+\/p\d+(\?thread_ts=[\d.]+&cid=[A-Z0-9]+)?$/,
  /^https:\/\/teams\.microsoft\.com\/l\/message\/[\w%.-]+\/\d+\?[\w%.=&-]+$/,
];

export function isMessageLink(link: string): boolean {
  return messageLinks.some((shape) => shape.test(link));
}

/** For the one field that Slack parses as its own markup: a message's plain text. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * For streamed text, which Slack reads as Markdown: every sign that could mean something stands for itself. Four spaces at the
 * beginning of a line would be code, and a line of = a heading.
 */
export function escapedMarkdown(text: string): string {
  const words = plain(text).replace(/^[ \t]{4,}/gm, '   ');
  return escaped(words.replace(/[\\`*_{}[\]()#+\-.!~]|^=/gm, backslashed));
}

/** A stop or hyphen inside a word means nothing, and a backslash there would only cost. */
function backslashed(sign: string, at: number, whole: string): string {
  const inside = /^[\p{L}\p{N}]$/u.test(whole[at - 1] ?? ' ') && /^[\p{L}\p{N}]$/u.test(whole[at + 1] ?? ' ');
  return inside && (sign === '.' || sign === '-') ? sign : `\\${sign}`;
}

/** Cut where no surrogate pair is torn apart. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\uD800-\uDBFF]/.test(text[length - 2] ?? '') ? length - 2 : length - 1;
  return `${text.slice(0, end)}…`;
}

/** What a person typed, without Slack's marks: mentions and links become the words that they show. */
export function unmarked(text: string, botUser: string | null, mentions: 'shown' | 'kept' = 'shown'): string {
  const words = text
    .replace(/<([^<>]*)>/g, (_whole, inner: string) => {
      const [target = '', label] = split(inner);
      if (botUser !== null && target === `@${botUser}`) return '';
      if (mentions === 'kept' && /^@[UW]\w+$/.test(target)) return writeMention(target.slice(1), label);
      if (target.startsWith('@') || target.startsWith('#'))
        return label === undefined
          ? target.startsWith('@')
            ? '@someone'
            : '#channel'
          : `${target[0]}${label}`;
      if (target.startsWith('!')) return label ?? `@${target.slice(1).split('^')[0] ?? ''}`;
      const address = target.replace(/^mailto:/, '');
      return label === undefined || label === address || address.endsWith(`//${label}`)
        ? address
        : `${label} (${address})`;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return withoutMarks(words).trim();
}

function split(inner: string): [string, string | undefined] {
  const at = inner.indexOf('|');
  return at < 0 ? [inner, undefined] : [inner.slice(0, at), inner.slice(at + 1)];
}
