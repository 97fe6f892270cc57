/** What the interview asks beside the bank, in the languages that the bank has whole. */
import type { Language, Rating, Said } from '../../isms/assessment/bank.ts';
import { sayIn } from '../../isms/assessment/questions.ts';

const phrases = {
  closest: { en: 'I keep your words. Which of these comes closest?', de: 'Ihre Worte sind notiert. Was davon trifft es am ehesten?' },
  understood: { en: 'I understood: written down: {defined}, done: {practised}. Right?', de: 'Ich habe verstanden: festgelegt: {defined}, gelebt: {practised}. Stimmt das?' },
  right: { en: 'Yes, that is right', de: 'Ja, das stimmt' },
  wrong: { en: 'No, I choose', de: 'Nein, ich wähle selbst' },
  show: { en: 'What could you show, and how old is it? Good would be:', de: 'Was könnten Sie zeigen, und wie alt ist es? Gut wäre:' },
  notOlder: { en: 'not older than {months} months', de: 'nicht älter als {months} Monate' },
  newerOne: { en: 'Yes, from the last month', de: 'Ja, aus dem letzten Monat' },
  newer: { en: 'Yes, from the last {months} months', de: 'Ja, aus den letzten {months} Monaten' },
  inForce: { en: 'Yes, as it is in force', de: 'Ja, in der gültigen Fassung' },
  howOld: { en: 'I keep your words. How old is it?', de: 'Ihre Worte sind notiert. Wie alt ist es?' },
  older: { en: 'Yes, but older', de: 'Ja, aber älter' },
  draft: { en: 'A draft, or out of date', de: 'Ein Entwurf, oder veraltet' },
  some: { en: 'Only a part of it', de: 'Nur einen Teil davon' },
  nothing: { en: 'Nothing yet', de: 'Noch nichts' },
  whyShow: { en: 'An auditor believes what they can see. You can send the file right here.', de: 'Im Audit zählt, was man sehen kann. Sie können die Datei gleich hier schicken.' },
  all: { en: 'Last question: for how much of what you do could you show something today, as a list, a ticket or minutes?', de: 'Letzte Frage: Für wie viel davon könnten Sie heute etwas zeigen, etwa eine Liste, ein Ticket, ein Protokoll?' },
  most: { en: 'For most of it', de: 'Für das meiste' },
  part: { en: 'For some of it', de: 'Für einiges' },
  hardly: { en: 'For hardly any', de: 'Für kaum etwas' },
  yes: { en: 'yes', de: 'ja' },
  partly: { en: 'partly', de: 'teilweise' },
  no: { en: 'no', de: 'nein' },
  stands: { en: 'Yes, it is so today', de: 'Ja, so ist es heute' },
  notQuite: { en: 'Not quite: in part', de: 'Nicht ganz: zum Teil' },
  notReally: { en: 'No, it is not done', de: 'Nein, es wird nicht gemacht' },
  record: { en: 'Before I write that down, our own records say: {records} Does your answer stand?', de: 'Bevor ich das notiere, unsere eigenen Unterlagen sagen: {records} Bleibt es bei Ihrer Antwort?' },
} satisfies Record<string, Said>; // prettier-ignore

/** @param values  what stands for each `{name}` */
export function say(
  name: keyof typeof phrases,
  language: Language,
  values: Record<string, string | number> = {},
): string {
  return sayIn(phrases[name], language).replace(/\{(\w+)\}/g, (whole, key: string) =>
    String(values[key] ?? whole),
  );
}

export function sayRating(rating: Rating | null, language: Language): string {
  return rating === null ? '–' : say(rating, language);
}
