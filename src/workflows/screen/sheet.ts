/** Codes on paper: a line a person, to be cut and handed out, in a document to print or a table for a letter of one's own. */
import { dayOf } from '../../language/calendar.ts';
import { drawQr } from '../../files/draw-qr.ts';
import { documentBytes } from '../../files/write-document.ts';
import type { Table } from '../../files/write-table.ts';
import { dayIn, wording, type Language } from '../../language/wording.ts';
import type { MadeCode, WithoutChat } from '../../records/screen-code.ts';

export interface Sheet {
  people: readonly WithoutChat[];
  made: readonly MadeCode[];
  /** What is opened in a browser. */
  address: string;
  language: Language;
  now: Date;
}

export function sheetTable({ people, made, address, language }: Sheet): Table {
  const say = wording('screen', language);
  const codes = new Map(made.map(({ personId, code }) => [personId, code]));
  return {
    columns: [say('person'), say('department'), say('code'), say('where')],
    rows: people.map(({ id, name, department }) => [name, department ?? '', codes.get(id) ?? '', address]),
  };
}

/** @returns a DOCX */
export async function sheetDocument(sheet: Sheet): Promise<Buffer> {
  const { address, language, now } = sheet;
  const say = wording('screen', language);
  return documentBytes({
    title: say('sheet'),
    subtitle: say('sheetFor', { day: dayIn(language, dayOf(now, 'UTC')) }),
    language,
    foot: say('sheetFoot'),
    blocks: [
      { text: say('sheetHow', { url: address }) },
      { table: sheetTable(sheet), widths: [3, 2, 2, 3] },
      { picture: await drawQr(address, say('name')), alt: address },
    ],
  });
}
