/** Our own words in the language of their reader, from `knowledge/wording/`: English whole, others beside it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { momentInWords } from './calendar.ts';

/** Those that content of ours may have; English and German are whole, and what is said to a person is said in one of the two. */
export type Language = 'en' | 'de' | 'fr' | 'es';

/** The one in which we speak to somebody. */
export function languageOf({ locale }: { locale: string }): Language {
  return /^de\b/i.test(locale) ? 'de' : 'en';
}

/** What content says in a language, else in English. */
export function sayIn(
  said: { en: string } & { [Of in Language]?: string | undefined },
  language: Language,
): string {
  return said[language] ?? said.en;
}

const Wording = z.record(z.string(), z.looseObject({ en: z.string() }).catchall(z.string()));
const known = new Map<string, z.infer<typeof Wording>>();

export type Say<Key extends string = string> = (
  key: Key,
  values?: Readonly<Record<string, string | number>>,
) => string;

/**
 * @param language  `de`; what it lacks is said in English
 * @returns what a key says, with `{name}` filled in
 * @throws Error for a key that the file does not have
 */
export function wording(file: string, language: string): Say {
  const words = known.get(file) ?? readWording(file);
  known.set(file, words);
  return (key, values = {}) => {
    const said = words[key];
    if (said === undefined) throw new Error(`knowledge/wording/${file}.yaml does not say «${key}»`);
    return (said[language] ?? said.en).replace(/\{(\w+)\}/g, (whole, name: string) =>
      String(values[name] ?? whole),
    );
  };
}

function readWording(file: string): z.infer<typeof Wording> {
  return Wording.parse(
    parse(readFileSync(join(import.meta.dirname, `../../knowledge/wording/${file}.yaml`), 'utf8')),
  );
}

const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** «1. Dezember 2026», for a reader of that language. */
export function dayIn(language: string, day: string): string {
  const format =
    dayFormats.get(language) ??
    new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone: 'UTC' });
  dayFormats.set(language, format);
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** The same with the time of day. @param timeZone  as Europe/Berlin */
export function momentIn(language: string, at: Date, timeZone: string): string {
  if (language === 'en') return momentInWords(at, timeZone);
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(at);
}
