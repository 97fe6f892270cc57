/** The operator's commands for people without chat: their codes as a sheet, and QR codes that open a lesson or a policy. */
import { extname } from 'node:path';
import { workflowsOf } from '../app/app.ts';
import type { App } from '../app/open-app.ts';
import { OperatorError } from '../errors.ts';
import { drawQr } from '../files/draw-qr.ts';
import { tableBytes, writeWhole } from '../files/write-table.ts';
import { languageOf } from '../language/wording.ts';
import { selectOptionalByEmail } from '../records/person.ts';
import { keepCodes, makeCodes, selectWithoutChat, type WithoutChat } from '../records/screen-code.ts';
import { sheetDocument, sheetTable, type Sheet } from '../workflows/screen/sheet.ts';
import { clearProgress, showProgress } from './progress.ts';

export interface CodeFlags {
  out: string;
  department?: string;
  /** Addresses, with commas between them. */
  people?: string;
  language: string;
  force?: boolean;
}

export interface PictureFlags {
  out: string;
  language: string;
  force?: boolean;
  /** What it opens, by its kind: `lesson`, `policy`. */
  [kind: string]: unknown;
}

function addressOf({ config }: Pick<App, 'config'>): string {
  if (config.screen !== null) return `${config.screen.url}/screen`;
  throw new OperatorError(
    'SCREEN_URL is not set: the address under which browsers reach this service. .env.example explains it.',
  );
}

export async function writeCodes(app: App, flags: CodeFlags): Promise<void> {
  const { db, clock } = app;
  const { out, force = false } = flags;
  const address = addressOf(app);
  const kind = extname(out).toLowerCase();
  if (!['.docx', '.csv', '.xlsx'].includes(kind))
    throw new OperatorError(
      `${out} is neither DOCX nor CSV nor XLSX. End its name with .docx, .csv or .xlsx.`,
    );
  const people = await meant(app, flags);
  if (people.length === 0)
    throw new OperatorError('Nobody there is without chat. Name people with --people.');
  const made = await makeCodes(db, people.map(({ id }) => id), showProgress); // prettier-ignore
  clearProgress();
  const sheet: Sheet = {
    people,
    made,
    address,
    language: languageOf({ locale: flags.language }),
    now: clock(),
  };
  const bytes = kind === '.docx' ? await sheetDocument(sheet) : await tableBytes(kind === '.csv' ? 'csv' : 'xlsx', sheetTable(sheet)); // prettier-ignore
  await db.transaction(async (tx) => {
    await keepCodes(tx, made, { actor: 'system:screen-codes', at: clock() });
    // Codes that nobody can read are no codes: where the file cannot be written, those of before go on.
    await writeWhole(out, bytes, { force });
  });
  process.stdout.write(
    `${out} has ${people.length === 1 ? 'the code of 1 person' : `the codes of ${people.length} people`}, and nothing else has them. Print it, hand it out, delete it.\n`,
  );
}

async function meant({ db }: App, { people, department }: CodeFlags): Promise<WithoutChat[]> {
  if (people === undefined) return selectWithoutChat(db, department ?? null);
  const named: WithoutChat[] = [];
  for (const email of people.split(',').map((part) => part.trim())) {
    const person = await selectOptionalByEmail(db, email);
    if (person === null) throw new OperatorError(`Nobody who works here is known as ${email}.`);
    named.push(person);
  }
  return named;
}

export async function writePicture(app: App, { out, language, force = false, ...wanted }: PictureFlags): Promise<void> {
  const address = addressOf(app);
  if (extname(out).toLowerCase() !== '.png') throw new OperatorError(`${out} is no PNG. End its name with .png.`);
  const opens = Object.assign({}, ...workflowsOf(app).map(({ withoutChat }) => withoutChat?.opens ?? {})) as Opens;
  const kind = Object.keys(opens).find((each) => typeof wanted[each] === 'string');
  const said = kind === undefined ? '' : String(wanted[kind]);
  const opening = kind === undefined ? undefined : await opens[kind]?.(app.db, said, { locale: language, now: app.clock() });
  if (opening === null) throw new OperatorError(`There is no ${kind ?? ''} «${said}».`);
  const target = kind === undefined || opening === undefined ? address : `${address}?${new URLSearchParams({ [kind]: opening.name }).toString()}`;
  const title = opening?.title ?? 'Isma';
  await writeWhole(out, (await drawQr(target, title)).bytes, { force });
  process.stdout.write(`${out} opens ${target}\n`);
} // prettier-ignore

type Opens = Required<NonNullable<ReturnType<typeof workflowsOf>[number]['withoutChat']>>['opens'];
