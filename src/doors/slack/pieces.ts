/** The pieces that our blocks are made of: rich text and plain text, so that nothing in them is parsed. */
import type { types } from '@slack/bolt';

export type Block = types.AnyBlock;
export type RichPart = types.RichTextSection | types.RichTextQuote;

export function richText(elements: types.RichTextBlock['elements']): Block[] {
  return elements.length === 0 ? [] : [{ type: 'rich_text', elements }];
}

export function paragraph(elements: (types.RichTextText | types.RichTextLink)[]): types.RichTextSection {
  return { type: 'rich_text_section', elements };
}

export function quote(elements: types.RichTextText[]): types.RichTextQuote {
  return { type: 'rich_text_quote', elements };
}

export function section(text: string): types.SectionBlock {
  return { type: 'section', text: plainObject(text === '' ? '–' : text) };
}

export function context(text: string): types.ContextBlock {
  return { type: 'context', elements: [plainObject(text === '' ? '–' : text)] };
}

/** No `emoji`: words such as `:warning:` stay words. */
export function plainObject(text: string): types.PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}
