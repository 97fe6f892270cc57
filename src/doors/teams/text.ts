/** Words of people and documents made safe to show: no client finds anything in them to mention, follow, load or format. */
import { inert } from '../../conversation/plain-text.ts';

/** No control characters, no turned-about writing, no template macros (`{{DATE(…)}}`), and nothing to press. */
export function plain(text: string): string {
  return inert(
    text
      .toWellFormed()
      .replace(/\r\n?/g, '\n')
      .replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, ' ')
      .replace(/\{(?=[{%])/g, '{ '),
  );
}

/** What the doors make of a message's own ids; no other address may be pressed, wherever it was taken from. */
const messageLinks = [
  /^https:\/\/teams\.microsoft\.com\/l\/message\/[\w%.-]+\/\d+\?[\w%.=&-]+$/,
  /^https:\/\/slack\.com\/archives\/[A-Z0-9]+\/p\d+(\?thread_ts=[\d.]+&cid=[A-Z0-9]+)?$/,
];

export function isMessageLink(link: string): boolean {
  return messageLinks.some((shape) => shape.test(link));
}

/** A label, which some clients read as markdown and others not: nothing in it may look like a link to either. */
export function label(text: string): string {
  return plain(text)
    .replace(/\s+/g, ' ')
    .replace(/\](?=[([:])/g, '] ')
    .trim();
}

/**
 * Text as markdown that shows these very words. Marks of citations, `[1]`, stay as they are, since Teams looks for them.
 * Lines become paragraphs: a single line break is lost in some clients.
 */
export function markdown(text: string): string {
  return plain(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(escapeLine)
    .join('\n\n');
}

/** The same in bold, a line at a time: marks of bold do not reach over paragraphs. */
export function boldMarkdown(text: string): string {
  return markdown(text)
    .split('\n\n')
    .map((line) => (line === '' ? '' : `**${line}**`))
    .join('\n\n');
}

function escapeLine(line: string): string {
  return line
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_~|]/g, '\\$&')
    .replace(/!(?=\[)/g, '\\!')
    .replace(/\[(?!\d{1,3}\]|[.:]\])/g, '\\[')
    .replace(/\](?=[([:])/g, '\\]')
    .replace(/^([#+\-=])/, '\\$1')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');
}
