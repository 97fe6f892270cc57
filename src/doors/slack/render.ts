/** A reply as Block Kit: plain text and rich text only, so that nothing in it is parsed, within every limit for any reply. */
import type { types } from '@slack/bolt';
import type { Button, Item, Reply } from '../../conversation/contract.ts';
import {
  hostOf,
  linkLine,
  plainText,
  runsAround,
  tooLongToSign,
  withoutSigning,
  shortened,
} from '../../conversation/plain-text.ts';
import { limits } from './limits.ts';
import { context, paragraph, plainObject, quote, richText, section, type Block } from './pieces.ts';
import { sourceBlocks } from './render-sources.ts';
import { cut, escaped, isMessageLink, plain } from './text.ts';
import { createWords, lengthOfLabels, type Words } from './words.ts';

export interface Rendering {
  /** Marks the blocks that can be pressed, so that a press tells which delivery it belongs to. */
  mark: string;
  surface: 'message' | 'home';
  /** The words above are there already: they were streamed. */
  withoutText?: boolean;
  /** Slack's id of the uploaded picture. */
  pictureId?: string | null;
  /** What could not be shown, in words. */
  missing?: string[];
}

export interface Rendered {
  /** For notifications and screen readers. */
  text: string;
  blocks: Block[];
}

/** Pressed, it opens the form of the message that it stands in; no workflow hears of it. */
export const openFormAction = 'open-form';
const buttonAction = 'press';
const feedbackAction = 'judge';

export function renderReply(reply: Reply, rendering: Rendering): Rendered {
  const whole = layOut(reply, rendering);
  const open = withoutSigning(reply);
  if (!whole.short || open.buttons.length === reply.buttons.length) return whole;
  return layOut(open, { ...rendering, missing: [...(rendering.missing ?? []), tooLongToSign] });
}

/** @returns with `short` where something of the reply is not shown, or only its beginning */
function layOut(reply: Reply, rendering: Rendering): Rendered & { short: boolean } {
  const words = createWords(limits.wordsInMessage - lengthOfLabels(reply));
  const marker = createMarker(rendering.mark);
  const { surface, withoutText = false, missing = [] } = rendering;
  const feedback = surface === 'message' ? feedbackPair(reply.buttons) : null;
  const buttons = reply.buttons.filter((button) => feedback === null || !feedback.includes(button));

  const tail: Block[] = [
    ...(reply.form === null ? [] : [formButton(marker)]),
    ...(reply.aside === null ? [] : [context(words.take(reply.aside, limits.contextText))]),
    ...rows(reply.choices, marker),
    ...rows(buttons, marker),
    ...(reply.note === null ? [] : [context(words.take(reply.note, limits.contextText))]),
    ...(feedback === null ? [] : [thumbs(feedback, marker)]),
  ];
  const most = surface === 'message' ? limits.blocksInMessage : limits.blocksInView;
  const kept = tail.slice(0, most - 5);

  const head: Block[] = [
    ...(withoutText ? [] : lead(reply, words)),
    ...(reply.generated ? [context(generatedLine(reply))] : []),
    ...sourceBlocks(reply, words),
    ...facts(reply, words),
    ...progress(reply, words),
    ...(reply.table === null ? [] : table(reply.table, words, surface)),
    ...picture(reply, rendering, words),
    ...leading(reply, words),
  ];
  const room = most - kept.length - head.length - 2;
  const shown = items(reply.items, words, marker, room);
  const left = [
    ...(shown.left === 0 ? [] : [`${shown.left} more are not shown here.`]),
    ...missing,
    ...(words.ranOut() ? ['Shortened: all of it is longer than one Slack message can be.'] : []),
  ];
  const notices = left.map((line) => cut(plain(line), 300)).join(' ');
  const blocks = [
    ...head,
    ...shown.blocks,
    ...(notices === '' ? [] : [context(cut(notices, limits.contextText))]),
    ...kept,
  ];
  return {
    text: fallbackText(reply, missing),
    blocks: blocks.length === 0 && !withoutText ? [section('–')] : blocks,
    short: shown.left > 0 || words.ranOut() || kept.length < tail.length,
  };
}

export function fallbackText(reply: Reply, missing: readonly string[] = []): string {
  const words = escaped(plain([plainText(reply), ...missing].join('\n')));
  if (words.trim() === '') return '–';
  return words.length <= limits.fallbackText ? words : wholeEntities(shortened(words, limits.fallbackText));
}

/** An escape that was cut through would show its first half. */
function wholeEntities(text: string): string {
  return text.replace(/&[a-z]{0,3}…$/, '…');
}

// ---- Parts -------------------------------------------------------------------------------------------------------------

function lead({ about, text, title, line, quoted: isQuote }: Reply, words: Words): Block[] {
  const elements: types.RichTextBlock['elements'] = [];
  const quoted = about === null ? '' : words.take(about, 1_000);
  if (quoted !== '') elements.push(quote([{ type: 'text', text: quoted }]));
  const said = words.take(text, limits.wordsInMessage);
  const runs = runsAround(said, title).filter((run) => run.text !== '');
  if (said !== '')
    elements.push(
      paragraph(
        runs.map(({ text: run, standsOut }) => ({
          type: 'text',
          text: run,
          ...(isQuote || standsOut ? { style: { bold: true } } : {}),
        })),
      ),
    );
  return [...richText(elements), ...(line === null ? [] : [context(words.take(line, limits.contextText))])];
}

/** One a line, in one section: whether two sections stand below each other is for a client to decide. */
function facts({ facts: all, buttons }: Reply, words: Words): Block[] {
  const signs = buttons.some((each) => each.signs);
  const lines = all.slice(0, limits.facts).map(({ label, value }, index): types.RichTextText[] => [
    { type: 'text', text: words.take(`${index === 0 ? '' : '\n'}${label}: `, 300), style: { bold: true } },
    { type: 'text', text: words.take(value, signs ? limits.wordsInMessage : limits.factText) },
  ]);
  const parts = lines.flat().filter(({ text }) => text !== '');
  return parts.length === 0 ? [] : richText([paragraph(parts)]);
}

function progress({ progress: state }: Reply, words: Words): Block[] {
  if (state === null) return [];
  const { label, done, total } = state;
  const share = total > 0 && Number.isFinite(done / total) ? Math.min(1, Math.max(0, done / total)) : 0;
  const filled = Math.round(share * 10);
  const bar = '▰'.repeat(filled) + '▱'.repeat(10 - filled);
  return [section(words.take(`${shortened(label, 500)}\n${bar}  ${done} of ${total}`, limits.sectionText))];
}

function items(
  all: readonly Item[],
  words: Words,
  marker: Marker,
  room: number,
): { blocks: Block[]; left: number } {
  const blocks: Block[] = [];
  for (const [index, item] of all.entries()) {
    const own = itemBlocks(item, words, marker);
    if (blocks.length + own.length > room) return { blocks, left: all.length - index };
    blocks.push(...own);
  }
  return { blocks, left: 0 };
}

/** The thing, with one thing to press beside it; what is quiet about it stands small below, or before the link that leads back. */
function itemBlocks({ text, detail, button: pressed, link }: Item, words: Words, marker: Marker): Block[] {
  // Slack may count the address among the words.
  const live = link !== null && isMessageLink(link) && link.length < words.room() - 700;
  const said = words.take(text, 600) || '–';
  const quiet = [detail, link === null || live ? null : linkLine(link)].filter((part) => part !== null);
  const below = words.take(quiet.join(' · '), 600);
  if (live) words.spend(link.length + 20);
  const thing: Block = {
    ...section(said),
    ...(pressed === null ? {} : { block_id: marker.next(), accessory: button(pressed, 0) }),
  };
  if (!live) return [thing, ...(below === '' ? [] : [context(below)])];
  const opening = { type: 'link' as const, url: link, text: 'message' };
  const before = [...(pressed === null ? [said] : []), ...(below === '' ? [] : [below])].join('\n');
  const line = paragraph([
    ...(before === '' ? [] : [{ type: 'text' as const, text: `${before} · ` }]),
    opening,
  ]);
  return pressed === null ? richText([line]) : [thing, ...richText([line])];
}

function leading({ leadsTo }: Reply, words: Words): Block[] {
  if (leadsTo === null) return [];
  words.spend(leadsTo.length);
  const text = words.take(`Open ${hostOf(leadsTo)}`, 300);
  return richText([paragraph([{ type: 'link', url: new URL(leadsTo).href, text }])]);
}

function table(
  { columns, rows: all }: NonNullable<Reply['table']>,
  words: Words,
  surface: Rendering['surface'],
): Block[] {
  const width = Math.min(
    limits.tableColumns,
    Math.max(1, columns.length, ...all.slice(0, 1_000).map((row) => row.length)),
  );
  const wide = columns.length > width || all.some((row) => row.length > width);
  if (surface === 'home') {
    const lines = [columns, ...all.slice(0, limits.tableRows)].map((row) => row.join(' | ')).join('\n');
    return [section(words.take(lines, limits.sectionText) || '–')];
  }
  const mostCharacters = Math.min(limits.tableCharacters, Math.max(words.room(), 200));
  let characters = 0;
  const shown: types.TableBlock['rows'] = [];
  for (const row of [columns, ...all].slice(0, limits.tableRows)) {
    const cells = Array.from({ length: width }, (_each, column) => cut(plain(row[column] ?? ''), 500) || '–');
    const size = cells.reduce((sum, cell) => sum + cell.length, 0);
    if (characters + size > mostCharacters && shown.length > 0) break;
    characters += size;
    // One row of twenty long cells could break the limit by itself.
    const most = Math.max(1, Math.floor(mostCharacters / width));
    shown.push(
      cells.map((cell) => ({
        type: 'raw_text',
        text: size > mostCharacters ? cut(cell, most) : cell,
      })),
    );
  }
  words.spend(characters);
  const wraps = (column: number) => all.some((row) => (row[column] ?? '').length > limits.unbrokenCell);
  const left = all.length + 1 - shown.length;
  const notes = [
    ...(left > 0 ? [`${left} more rows are left out.`] : []),
    ...(wide ? [`Only the first ${width} columns are shown.`] : []),
  ];
  return [
    {
      type: 'table',
      rows: shown,
      column_settings: Array.from({ length: width }, (_each, column) => ({ is_wrapped: wraps(column) })),
    },
    ...(notes.length === 0 ? [] : [context(notes.join(' '))]),
  ];
}

function picture({ picture: image }: Reply, { pictureId = null }: Rendering, words: Words): Block[] {
  if (image === null || pictureId === null) return [];
  const alt = words.take(image.alt, limits.altText);
  return [{ type: 'image', slack_file: { id: pictureId }, alt_text: alt === '' ? 'Picture' : alt }];
}

function generatedLine({ citations, passages }: Reply): string {
  return citations.length + passages.length > 0 ? 'Written by AI from the sections below.' : 'Written by AI.';
}

// ---- What can be pressed -----------------------------------------------------------------------------------------------

function feedbackPair(buttons: readonly Button[]): [Button, Button] | null {
  const helpful = buttons.find((each) => each.feedback === 'helpful');
  const notHelpful = buttons.find((each) => each.feedback === 'not-helpful');
  return helpful?.id && notHelpful?.id ? [helpful, notHelpful] : null;
}

function thumbs([helpful, notHelpful]: [Button, Button], marker: Marker): Block {
  const thumb = ({ label, id }: Button) => ({
    text: plainObject(named(label)),
    accessibility_label: named(label),
    value: id.slice(0, limits.buttonValue),
  });
  return {
    type: 'context_actions',
    block_id: marker.next(),
    elements: [
      {
        type: 'feedback_buttons',
        action_id: feedbackAction,
        positive_button: thumb(helpful),
        negative_button: thumb(notHelpful),
      },
    ],
  };
}

function rows(buttons: readonly Button[], marker: Marker): Block[] {
  return chunks(buttons, limits.buttonsInRow)
    .slice(0, 8)
    .map((some) => ({ type: 'actions', block_id: marker.next(), elements: some.map(button) }));
}

function button({ id, label, style }: Button, index: number): types.Button {
  return {
    type: 'button',
    action_id: `${buttonAction}:${index}`,
    text: plainObject(named(label)),
    value: id.slice(0, limits.buttonValue),
    ...(style === 'plain' ? {} : { style }),
  };
}

function formButton(marker: Marker): Block {
  return {
    type: 'actions',
    block_id: marker.next(),
    elements: [
      {
        type: 'button',
        action_id: openFormAction,
        text: plainObject('Open the form'),
        value: 'form',
        style: 'primary',
      },
    ],
  };
}

function named(label: string): string {
  const text = cut(plain(label).replaceAll('\n', ' ').trim(), limits.buttonText);
  return text === '' ? '–' : text;
}

// ---- Small things ------------------------------------------------------------------------------------------------------

interface Marker {
  next(): string;
}

/** Ids of blocks must differ within a message. */
function createMarker(mark: string): Marker {
  let count = 0;
  return { next: () => `${(count += 1)}|${mark}`.slice(0, limits.blockId) };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_each, at) =>
    all.slice(at * size, (at + 1) * size),
  );
}
