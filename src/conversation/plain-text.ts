/** What all doors say alike: a source in one line, a reply as plain words, and text in which nothing can be pressed. */
import type { Citation, Field, Reply } from './contract.ts';
import { colons, dots, slashes } from './look-alikes.ts';

export { shortened } from '../language/text.ts';

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** «Mobile Device Policy v2.1 · 3.2 Personal devices · in force since 1 March 2026». */
export function sourceLine({ kind, policy, version, section, heading, effectiveFrom }: Citation): string {
  const day = dayFormat.format(new Date(effectiveFrom));
  const place = section === heading ? heading : `${section} ${heading}`;
  if (kind === 'answer') return `${policy} · ${day} · «${heading}»`;
  if (kind === 'record') return `${section} · ${heading} · as on ${day}`;
  if (kind === 'guide') return `Guide to the standard: ${policy} · ${place}`;
  return `${policy} v${version} · ${place} · in force since ${day}`;
}

/** The source of words that stand above it as they are written there. */
export function wordForWord(citation: Citation): string {
  return `${sourceLine(citation)} · word for word`;
}

/** Where an address leads, as browsers go there and not as it may look: what stands before an @ in it is no host. */
export function hostOf(address: string): string {
  return new URL(address).host;
}

/** A link where nothing can be pressed. */
export function linkLine(link: string): string {
  return `message: ${link}`;
}

/**
 * The whole reply in plain words, line by line: what a notification shows first and a screen reader reads aloud. Buttons are
 * named, since whoever hears them can find them by name.
 */
export function plainText(reply: Reply): string {
  const {
    text,
    line,
    about,
    quoted,
    facts,
    progress,
    items,
    files,
    picture,
    table,
    leadsTo,
    form,
    aside,
    note,
  } = reply;
  const { passages, citations } = unfolded(reply);
  const buttons = [...reply.choices, ...reply.buttons].map((button) => button.label);
  return [
    about === null ? '' : `On «${about}»:`,
    text,
    line ?? '',
    ...passages.map((passage) => (quoted ? passage.text : `[${passage.n}] ${passage.text}`)),
    ...citations.map((citation) =>
      quoted
        ? sourceLine(citation)
        : passages.some((passage) => passage.n === citation.n) || citation.quote === ''
          ? `[${citation.n}] ${sourceLine(citation)}`
          : `[${citation.n}] ${sourceLine(citation)}: «${citation.quote}»`,
    ),
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    progress === null ? '' : `${progress.label}: ${progress.done} of ${progress.total}`,
    ...items.map(({ text: what, detail, link }) =>
      [what, detail, link === null ? null : linkLine(link)].filter((part) => part !== null).join(' · '),
    ),
    table === null ? '' : [table.columns, ...table.rows].map((row) => row.join(' | ')).join('\n'),
    ...files.map((file) => `File «${file.name}»`),
    picture === null ? '' : `Picture: ${picture.alt}`,
    leadsTo === null ? '' : `Open ${hostOf(leadsTo)}: ${leadsTo}`,
    form === null ? '' : `Form: ${form.title} (${form.fields.map((field: Field) => field.label).join(', ')})`,
    aside ?? '',
    note ?? '',
    buttons.length === 0 ? '' : `You can press: ${buttons.join(', ')}.`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** A text in runs: words that stand out, and what is beside them. An address that they would cut in two stays in one run. */
export function runsAround(text: string, words: string | null): { text: string; standsOut: boolean }[] {
  const whole = [{ text, standsOut: false }];
  const at = words === null || words === '' ? -1 : text.indexOf(words);
  if (words === null || at < 0) return whole;
  const runs = [
    { text: text.slice(0, at), standsOut: false },
    { text: words, standsOut: true },
    { text: text.slice(at + words.length), standsOut: false },
  ].filter((run) => run.text !== '');
  return runs.map((run) => inert(run.text)).join('') === inert(text) ? runs : whole;
}

/** What stands open: folded sections and their sources are shown when they are asked for. */
export function unfolded<T extends Pick<Reply, 'passages' | 'citations'>>({ passages, citations }: T) {
  const isFolded = (n: number) => passages.some((passage) => passage.n === n && passage.folded);
  return {
    passages: passages.filter(({ folded }) => !folded),
    citations: citations.filter(({ n }) => !isFolded(n)),
  };
}

const colon = new RegExp(`[${colons}]`, 'u');
const scheme = new RegExp(
  `\\b([a-z][a-z\\d+.-]{1,20})[${colons}](?=[${slashes}]{2}|[^\\s:]{0,200}[@/?=&%])`,
  'giu',
);
/** An address goes on at once: «A file: send it here» is none. */
const script = new RegExp(`\\b(javascript|vbscript|data|file|mailto|tel|sms)\\s?[${colons}](?=\\S)`, 'giu');
/** Letters with dots between them, or what is taken for dots. */
const dotted = new RegExp(`[\\p{L}\\p{N}_${dots}-]+`, 'gu');
const dot = new RegExp(`[${dots}]`, 'gu');
const topLevel =
  /^(?:com|net|org|io|dev|info|biz|co|app|xyz|site|online|top|me|ru|cn|de|fr|es|uk|eu|us|ai|cloud|link|click|zip|mov)$/i;

/**
 * Text in which a chat client finds nothing to press: a link is to be seen, not followed. Mail addresses stay as they are.
 * Words of policies and people go through here, since none of the addresses in them is one that we put there.
 */
export function inert(text: string): string {
  const unschemed = colon.test(text) ? text.replace(script, '$1[:]').replace(scheme, '$1[:]') : text;
  if (unschemed.search(dot) < 0) return unschemed;
  return unschemed.replace(dotted, (name, at: number, whole: string) =>
    isHost(name, whole[at - 1], whole[at + name.length]) ? name.replace(dot, '[.]') : name,
  );
}

const leading = new RegExp(`^[${slashes}${colons}?#]`, 'u');

function isHost(name: string, before: string | undefined, after: string | undefined): boolean {
  if (before === '@' || name.search(dot) < 0) return false; // most words end here
  const labels = name.split(dot).filter((label) => label !== '');
  const last = labels.at(-1) ?? '';
  if (labels.length < 2 || !/^\p{L}{2,}$/u.test(last)) return false;
  const leadsOn = after !== undefined && leading.test(after) && /\p{L}{2}/u.test(last);
  return leadsOn || /^www$/i.test(labels[0] ?? '') || topLevel.test(last);
}

/** Said where a button that signs is left out: see {@link withoutSigning}. */
export const tooLongToSign =
  'This is too long to be shown whole here, so nothing can be decided from it here: correct it to be shorter, or use another door.';

/** What is left of a reply that cannot be shown whole: nothing to sign. */
export function withoutSigning(reply: Reply): Reply {
  return { ...reply, buttons: reply.buttons.filter(({ signs }) => !signs) };
}
