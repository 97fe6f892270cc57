/** Reads questions to the register from plain words: «open majors», «what's overdue in IT?», «history of CA-12». */
import { withoutEnding } from '../../../language/text.ts';
import { replaced, words, type WordList } from '../../../language/vocabulary.ts';
import { normaliseRequirement } from '../../../records/requirement.ts';
import type { SaidFilter } from './filter.ts';
import { referencesIn } from '../update/split-update.ts';

export type RegisterQuestion =
  SaidFilter | { kind: 'history' | 'show' | 'why' | 'export'; reference: string };

/** Longer than this, nobody asks for a list. */
const longestQuestion = 160;

const hello = words('small-talk/hello');
const history = words('register/history');
const showing = words('register/showing');
const exporting = words('register/exporting');
const why = words('register/why');
const nonconformities = words('register/nonconformities');
const actions = words('register/actions');
const gradeWords = words('register/grade');
const ncStates = words('register/nonconformity state');
const actionStates = words('register/action state');
const sourceWords = words('register/source');
const openWord = words('register/open');
const overdueWord = words('register/overdue');
const bothKinds = words('register/both kinds');
const somebodyHas = words('register/somebody has');
const team = words('register/team');
const periods = words('register/period');
const asksOverdue = words('register/asks overdue');
const my = words('register/my');
const me = words('register/me');
const owned = words('register/owned');
const inside = words('register/in');
const article = words('register/the');
const departmentWord = words('register/department');
const everything = words('register/everything');
const about = words('register/about');
const around = words('register/around');
const listing = words('register/listing');
const counting = words('register/counting');
const rule = words('register/rule');
const controlled = words('register/requirement');
const onClause = words('register/on clause');

const requirement =
  /(?<![\p{L}\p{N}])(?:A[ .]?[5-8]\.\d{1,2}|POL-\d+(?:\s+\d+(?:\.\d+)*)?)(?![\p{L}\p{N}]|\.\d)/giu;
const clause = /(?<![\p{L}\p{N}.])(?:10|[4-9])(?:\.\d{1,2}){1,2}(?![\p{L}\p{N}]|\.\d)/giu;
const ownerName =
  /^\s+(<@[^>\s]{1,60}>|@[\p{L}\p{N}._-]{1,60}|[\w.+-]{1,60}@[\w.-]{1,80}|\p{Lu}[\p{Ll}'’-]{1,30}(?: \p{Lu}[\p{L}'’-]{1,30})?)/u;
const year = /(?<![\p{L}\p{N}.-])(?:(?:in|of|from|im jahr|aus|von|en|de) )?(20\d\d)(?![\p{L}\p{N}.-])/iu;
const possessive = /(?<!\p{L})(\p{Lu}\p{Ll}{1,30})['’]s(?=\s)/u;

/** As it is typed in a hurry, too: where words leave no other place to a name. */
const anyName = new RegExp(`${ownerName.source}|^\\s+(\\p{L}{1,30})`, 'u');

/** Asks for a number, and not only for the records. */
export function asksHowMany(said: string): boolean {
  return counting.has(said);
}

export function readRegisterQuestion(said: string): RegisterQuestion | null {
  const spaced = said
    .slice(0, longestQuestion + 1)
    .normalize('NFKC')
    .replace(/[‘’]/g, "'")
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
  const greeting = hello.begins(spaced);
  const bare = greeting?.from === 0 ? spaced.slice(greeting.to).replace(/^(?: isma)?[,! ]+/iu, '') : spaced;
  const text = withoutEnding(bare, /[?!. ]/u);
  if (text === '' || text.length > longestQuestion) return null;
  return aboutOne(text) ?? filterOf(text);
}

function aboutOne(text: string): RegisterQuestion | null {
  const { references, rest } = referencesIn(text);
  const [reference] = references;
  if (reference === undefined || references.length > 1) return null;
  if (history.has(rest) && rest.split(' ').length <= 9) return { kind: 'history', reference };
  if (exporting.is(rest) !== null) return { kind: 'export', reference };
  if (why.is(rest) !== null) return { kind: 'why', reference };
  return rest === '' || showing.is(rest) !== null ? { kind: 'show', reference } : null;
}

interface Place {
  from: number;
  to: number;
}

function filterOf(text: string): SaidFilter | null {
  const { references } = referencesIn(text);
  if (references.length > 0) return null;
  let rest = text;
  function take<Taken extends Place>(found: Taken | null | undefined): Taken | null {
    if (found != null) rest = replaced(rest, [found], () => ' ');
    return found ?? null;
  }
  function takeAll(list: WordList): string[] {
    const found = list.findAll(rest);
    const order = list.meanings(rest);
    rest = replaced(rest, found, () => ' ');
    return order.filter((meaning) => found.some((each) => each.meaning === meaning));
  }

  const required = take(requirementIn(rest));
  const stretch = take(periods.find(rest) ?? yearIn(rest));
  const own = take(team.find(rest));
  const whose = take(whoseIn(rest));
  const both = take(bothKinds.find(rest)) !== null;
  const saysNc = nonconformities.has(text);
  const saysAction = actions.has(text);
  const overdue = take(overdueWord.find(rest)) !== null;
  const [source] = sourceWords.meanings(rest);
  take(sourceWords.findAll(rest).find(({ meaning }) => meaning === source));
  const asksAll = everything.begins(text) !== null;
  /** No kind of record is named, and what is asked for is either. */
  const either =
    !saysNc && !saysAction && (overdue || openWord.has(rest)) && (own !== null || whose !== null || asksAll);
  const overdueAlone = overdue && (asksOverdue.begins(text) !== null || text.split(' ').length <= 4);
  if (!saysNc && !saysAction && !either && !overdueAlone && (required === null || !asksAll)) return null;

  const grades = takeAll(gradeWords) as SaidFilter['grades'] & {};
  const kind =
    both || either ? 'records' : saysAction || (!saysNc && overdue) ? 'actions' : 'nonconformities';
  if (kind === 'actions') take(actions.find(rest));
  take(nonconformities.find(rest));
  const states = takeAll(kind === 'actions' ? actionStates : ncStates) as SaidFilter['states'] & {};
  const open = take(openWord.find(rest)) !== null;
  const owner = whose ?? take(ownerIn(rest)) ?? (take(my.find(rest)) === null ? null : { name: 'me' });
  rest = rest.replace(/\s+/g, ' ').trim();
  const place = take(departmentIn(rest));
  const wordsOf = (said: string) => said.split(/[\s,]+/).filter((each) => each !== '' && !around.has(each));
  const looked = wordsOf(rest);
  const hasPlace = place !== null && !around.has(place.name);
  if (looked.length > (either ? 0 : 3) || (looked.length > 0 && !about.has(text))) return null;
  // «Give me a feeling for how we do with majors» looks for no words.
  if (wordsOf(rest.slice(0, about.find(rest)?.from)).length > 0) return null;
  const constraint =
    required !== null ||
    overdue ||
    source !== undefined ||
    grades.length > 0 ||
    states.length > 0 ||
    open ||
    owner !== null ||
    own !== null ||
    stretch !== null ||
    hasPlace ||
    looked.length > 0;
  if (!constraint && listing.is(text) === null) return null;
  // «How long may a minor stay open» asks for a rule, and «is a finding …» too.
  if (whose === null && rule.begins(text)?.meaning === 'asks') return null;

  return {
    kind,
    ...(grades.length > 0 ? { grades } : {}),
    ...(states.length > 0 ? { states } : {}),
    ...(open ? { open } : {}),
    ...(overdue ? { overdue } : {}),
    ...(hasPlace ? { department: place.name } : {}),
    ...(required === null ? {} : { requirement: normaliseRequirement(required.said) ?? required.said }),
    ...(owner === null ? {} : { owner: owner.name }),
    ...(own === null ? {} : { team: true }),
    ...(stretch === null ? {} : { period: stretch.meaning }),
    ...(source === undefined ? {} : { source: source as SaidFilter['source'] }),
    ...(looked.length > 0 ? { text: looked.join(' ') } : {}),
  };
}

/** «control A.8.13», «on 9.2»: a number of a clause needs a word before it. */
function requirementIn(text: string): (Place & { said: string }) | null {
  for (const [pattern, lead] of [
    [requirement, controlled],
    [clause, onClause],
  ] as const)
    for (const { 0: said, index } of text.matchAll(pattern)) {
      const before = lead.ends(text.slice(0, index));
      const led = before !== null && text.slice(before.to, index).trim() === '';
      if (led || pattern === requirement)
        return { said, from: led ? before.from : index, to: index + said.length };
    }
  return null;
}

/** «in 2025», «2025». */
function yearIn(text: string): (Place & { meaning: string }) | null {
  const found = year.exec(text);
  return found === null
    ? null
    : { meaning: found[1] ?? '', from: found.index, to: found.index + found[0].length };
}

/** «What has Hugo got …», «was hat Hugo …»: whose it is, and the words that lead to them. */
function whoseIn(text: string): (Place & { name: string }) | null {
  const lead = somebodyHas.begins(text);
  if (lead === null || /\p{L}/u.test(text.slice(0, lead.from))) return null;
  const [said = '', named, word = ''] = anyName.exec(text.slice(lead.to)) ?? [];
  const name = named ?? word;
  const place = { from: 0, to: lead.to + said.length };
  if (me.is(name) !== null) return { name: 'me', ...place };
  return name === '' || around.has(name) || openWord.has(name) ? null : { name, ...place };
}

/** «owned by Omar», «of me», «Omar's». */
function ownerIn(text: string): (Place & { name: string }) | null {
  for (const { from, to } of owned.findAll(text)) {
    const own = me.begins(text, to);
    if (own?.from === to + 1) return { name: 'me', from, to: own.to };
    const [said, name] = ownerName.exec(text.slice(to)) ?? [];
    if (said !== undefined && name !== undefined) return { name, from, to: to + said.length };
  }
  const [said, name] = possessive.exec(text) ?? [];
  if (said === undefined || name === undefined) return null;
  return { name, from: text.indexOf(said), to: text.indexOf(said) + said.length };
}

/** «in IT», «for the information security team», at the end. */
function departmentIn(text: string): (Place & { name: string }) | null {
  for (const { from, to } of inside.findAll(text)) {
    const the = article.begins(text, to);
    const name = text
      .slice(the?.from === to + 1 ? the.to : to)
      .replace(/^['’]/, '')
      .trim();
    if (!/^[\p{L}&]+(?:[ -][\p{L}&]+){0,2}$/u.test(name)) continue;
    const end = departmentWord.ends(name);
    return {
      name: name.slice(0, end === null || end.from === 0 ? undefined : end.from).trim(),
      from,
      to: text.length,
    };
  }
  return null;
}
