/** Checks what a model wrote against what was retrieved: its citations and every figure in it. */
import type { Citation } from '../../conversation/contract.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { stripHidden } from '../../knowledge/read/hidden-text.ts';
import type { Passage } from '../../knowledge/search.ts';
import { unfounded } from './figures.ts';
import { bestQuote } from './quote.ts';

const mark = /\s?\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/g;

export type CheckedAnswer =
  | { verdict: 'founded'; text: string; cited: Passage[] }
  | { verdict: 'not-covered' }
  | { verdict: 'unfounded'; /** For the log: why. */ because: 'no citation' | 'figure' | 'empty' };

/** «Our policies don't say», in the model's own words. */
const refusal =
  /^\W*(?:NOT[_ ]COVERED|(?:our|the) polic(?:y|ies) (?:do|does)(?:n['’]t| not) (?:say|cover|mention|address)|unsere richtlinien sagen (?:dazu )?nichts|nos politiques ne (?:le )?(?:disent|précisent)|nuestras políticas no (?:lo )?dicen)/i;

/** @param passages  in the order of their numbers: passage 1 first */
export function checkAnswer(written: string, passages: Passage[]): CheckedAnswer {
  const text = withoutMarkup(written);
  if (text === '') return { verdict: 'unfounded', because: 'empty' };
  if (refusal.test(text)) return { verdict: 'not-covered' };

  const order: number[] = [];
  const renumbered = text.replace(mark, (_whole, list: string) => {
    const valid = numbersOf(list).filter((n) => passages[n - 1] !== undefined);
    for (const n of valid) if (!order.includes(n)) order.push(n);
    return valid.length === 0 ? '' : ` ${valid.map((n) => `[${order.indexOf(n) + 1}]`).join('')}`;
  });
  if (order.length === 0) return { verdict: 'unfounded', because: 'no citation' };

  const cited = order.map((n) => passages[n - 1] as Passage);
  const sources = cited.map(sayableOf);
  if (unfounded(renumbered, sources).length > 0) return { verdict: 'unfounded', because: 'figure' };
  return { verdict: 'founded', text: withoutStrangeHosts(renumbered, sources).trim(), cited };
}

/** A host name, with the mail address or the path that it is part of; browsers take the wide dots for dots. */
const hostName = /(?:[\p{L}\p{N}._%+-]+@)?((?:[\p{L}\p{N}-]+[.。．｡])+\p{L}{2,})(?::\d+)?(?:[/?#]\S*)?/gu;

/** Chats turn a bare host name into a link: only names that a cited section itself holds may stand, none that is a part of one. */
function withoutStrangeHosts(text: string, sources: string[]): string {
  const bare = (host: string) => host.toLowerCase().replace(/[^\p{L}\p{N}/]+$/u, '');
  const known = new Set<string>();
  for (const [whole, host = ''] of sources.join('\n').matchAll(hostName))
    known.add(bare(whole)).add(bare(host));
  return text.replace(hostName, (whole) => (known.has(bare(whole)) ? whole : ''));
}

/**
 * How much of an answer in the making may be shown: whole sentences up to the last citation, as long as everything in them
 * is proven. Numbers are those of the finished answer.
 */
export function provenPart(writtenSoFar: string, passages: Passage[]): string {
  const ends = [
    ...writtenSoFar.matchAll(
      /\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\](?:\s*\[\d{1,3}\])*[.!?]?(?=\s)|[.!?]\s*\[\d{1,3}\](?=\s)/g,
    ),
  ];
  for (const { index, 0: whole } of ends.reverse()) {
    const checked = checkAnswer(writtenSoFar.slice(0, index + whole.length), passages);
    if (checked.verdict === 'founded') return checked.text;
  }
  return '';
}

/** Citations for the sections that an answer names, each with the very sentence, cut from the stored text. */
export function citationsFor(lexicon: Lexicon, answer: string, cited: Passage[]): Citation[] {
  return cited.map((passage, index) => {
    const sentences = answer
      .split(/(?<=[.!?\]])\s+(?!\[)/)
      .filter((sentence) => sentence.includes(`[${index + 1}]`));
    return citationOf(
      lexicon,
      passage,
      index + 1,
      weightsOf(lexicon, (sentences.join(' ') || answer).replace(mark, ''), passage.language),
    );
  });
}

export function citationOf(
  lexicon: Lexicon,
  passage: Passage,
  n: number,
  weights: Map<string, number>,
): Citation {
  return {
    n,
    kind: passage.kind,
    policy: passage.title,
    version: passage.version,
    section: passage.number || passage.heading,
    heading: passage.heading,
    effectiveFrom: passage.effectiveFrom,
    quote: bestQuote(lexicon, passage.body, passage.language, weights),
  };
}

/** Stems of an answer, figures heaviest: the sentence with the same figure is the one it came from. */
function weightsOf(lexicon: Lexicon, text: string, language: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const stem of [...lexicon.stems(text, language), ...lexicon.stems(text, 'en')])
    weights.set(stem, /\d/.test(stem) ? 3 : 1);
  return weights;
}

/** What an answer may repeat of a passage: its text, and what stands in its citation. */
function sayableOf({ title, version, number, heading, path, effectiveFrom, body }: Passage): string {
  return [title, version, number, heading, ...path, effectiveFrom, body].join('\n');
}

function numbersOf(list: string): number[] {
  return list.split(/[,;]/).map((n) => Number(n.trim()));
}

/** Plain text is asked for; emphasis, headings and anything that could carry a link are taken out. */
function withoutMarkup(written: string): string {
  return stripHidden(written)
    .text.replace(/!?\[([^\]]*)\]\([^)]*\)/g, (_whole, label: string) =>
      /^\d+$/.test(label) ? `[${label}]` : label,
    )
    .replace(/<[^>\s]*(?:https?:|mailto:|www\.)[^>]*>/gi, '')
    .replace(/(?:\b(?:[a-z][a-z\d+.-]{1,20}:\/\/|data:|www\.)|(?:java|vb)script:)\S+/gi, '')
    .replace(/^\[[^\]]+\]:.*$/gm, '')
    .replace(/\*\*|__|`|^#{1,6}\s+/gm, '')
    .trim();
}
