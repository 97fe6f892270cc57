/** The words of updates in English, German, French and Spanish: lower case, without accents, each phrase in its order. */
import type { actionMoves } from './said-update.ts';

type Move = (typeof actionMoves)[number];

const list = (words: string) =>
  words
    .split(/[,\n]/)
    .map((phrase) => phrase.trim().split(' '))
    .filter(([first]) => first !== '');
const set = (words: string) => new Set(words.split(/\s+/).filter((word) => word !== ''));

/** Words of a phrase may stand apart: «lehne CA-12 ab». Those of several words are tried first. */
export const movePhrases: [Move, string[][]][] = (
  [
    [
      'decline',
      `not mine, isn't mine, not my, isn't my, decline, declined, declining, reject, nicht meins, nicht meine, nicht mein, lehne ab, lehnen ab, ablehnen, abgelehnt,
      je refuse, refuser, refuse, pas a moi, pas le mien, pas la mienne, rechazo, rechazar, no es mia, no es mio, no me corresponde`,
    ],
    [
      'accept',
      `i'll take, i will take, i take on, taking on, i accept, we accept, accept, accepted, accepting, nehme an, akzeptiere, akzeptiert, angenommen, ubernehme, ubernehmen wir, mache ich,
      j'accepte, accepte, acceptee, je m'en charge, je m'en occupe, je prends, acepto, aceptada, aceptado, me encargo, lo tomo, la tomo, me ocupo`,
    ],
    [
      'return',
      `send back, sent back, sending back, return, returned, returning, hand back, zuruckgeben, gebe zuruck, geht zuruck, zuruckgewiesen, zuruckschicken, schicke zuruck, renvoyer, renvoie, je renvoie,
      devolver, devuelvo, devuelta`,
    ],
    [
      'verify',
      `verified, verify, verifying, i checked, checked and verified, verifiziert, verifiziere, verifizieren, verifie, verifiee, je verifie, verificado, verificada, verifico, verificar`,
    ],
    [
      'cancel',
      `cancel, cancelled, canceled, cancelling, storniere, stornieren, storniert, abbrechen, annuler, annule, annulee, cancelar, cancelada, cancelado, anular, anulada`,
    ],
    [
      'start',
      `in progress, under way, underway, started, start, starting, begun, began, working on, work on, in arbeit, angefangen, begonnen, gestartet, fange an, arbeite an, arbeiten an, en cours, commence,
      commencee, j'ai commence, demarre, demarree, en curso, en marcha, empezado, empezada, empece, comenzado, comenzada, hemos empezado`,
    ],
    [
      'done',
      `can be closed, can close, all set, done, doen, finished, completed, complete, closed, close, fixed, resolved, wrapped up, implemented, erledigt, fertig, fertiggestellt, abgeschlossen, umgesetzt, beendet,
      geschlossen, behoben, schliesse, schliessen, termine, terminee, termines, terminees, fait, faite, faits, faites, fini, finie, finis, acheve, achevee, boucle, bouclee, clos, cloture, cloturee,
      regle, reglee, hecho, hecha, hechos, hechas, listo, lista, listos, listas, terminado, terminada, acabado, acabada, completado, completada, cerrado, cerrada, finalizado, finalizada, resuelto,
      resuelta`,
    ],
  ] as [Move, string][]
).map(([move, words]) => [move, list(words).sort((left, right) => right.length - left.length)]);

/** Words long enough that a letter missing or two swapped leave no doubt. */
export const longWords = movePhrases
  .flatMap(([, phrases]) => phrases.flat())
  .filter((word, at, all) => word.length >= 6 && all.indexOf(word) === at);

/** Says that the opposite holds. */
export const negations = set(`
  not never isn't isnt aren't arent wasn't wasnt haven't havent hasn't hasnt don't dont doesn't doesnt didn't didnt won't wont can't cant cannot neither nor
  except apart besides without unless undo reopen nicht kein keine keinen nie ausser ohne weder pas jamais sauf ni sans no nunca jamas tampoco excepto salvo sin`);

/** Says that it is yet to come, nearly so, in part, hoped for, or somebody else's word. */
export const hedges = set(`
  almost nearly mostly partly partially half practically virtually basically will i'll we'll it'll they'll he'll she'll would should could may might must shall going gonna soon hope hoping hopefully
  plan plans planning planned expect expected expecting want wants try trying aim aiming be getting needs need maybe perhaps probably likely if when once before until till unless said says wrote
  told asked asks thinks claims pretend imagine suppose first part parts phase step some several
  fast beinahe nahezu teilweise halb werde wird werden wirst soll sollte sollen muss mussen konnte bald vielleicht wahrscheinlich hoffentlich wenn falls sobald sagt sagte sagen meint schrieb teil
  presque quasi quasiment bientot sera serait serons serai va vais vont doit devrait devons partiellement si quand des lorsque dit disent partie espere
  casi aun todavia pronto estara voy vamos debe deberia quizas quiza parcialmente cuando dice dicen dijo parte espero sera`);

/** Needed words of a request for more time: beside a length of time, or a day. */
export const timeVerbs = set(`
  need needs extend extended extending extension postpone postponed postponing push move shift delay reschedule prolong instead give have get grant allow brauche brauchen braucht benotige benotigen
  benotigt verschieben verschiebe verlangern verlangere verlangerung stattdessen reporter reporte repousser repousse prolonger prolongation decaler decale besoin plutot aplazar aplaza
  posponer pospon necesito necesitamos necesita prorrogar prorroga mover retrasar ampliar hace falta`);
export const moreWords = set(`
  more longer another extra additional further weitere weiteren langer mehr noch zusatzlich zusatzliche plus supplementaire supplementaires encore autre autres mas adicional adicionales otra otro
  otras otros`);
/** «new due date»: the noun and that it is new ask for more time without a verb. */
export const dateNouns = set('due deadline termin frist datum echeance delai fecha plazo');
export const newWords = set('new neuer neue neues neuen nouvelle nouveau nueva nuevo');
export const untilWords = set(
  `until till til to by for through bis auf zum zur jusqu'a jusqu'au jusque au a pour hasta al el para`,
);

/** Words that carry nothing more, beside a state, a share or a request said outright. */
export const fillers = set(`
  the a an this that it its it's that's thats is are am was were i i'm im i've ive my we we're we've our he she they have has had been now already also too both and so ok okay hi hello hey please pls thanks
  thank you can yes yep finally just as to with for of on at in status state mark marked set put report reported update task action measure item ticket thing work job all completely fully well
  about around roughly approximately approx ca circa some currently sitting by since been me us up there corrective evidence proof link see here went morning afternoon evening
  ich bin ist sind habe haben hab wir es das die der den dem ein eine einen jetzt bereits schon auch bitte danke ja endlich nun mit zu zur zum bei an auf um massnahme aufgabe punkt massnahmen beide sein
  setze setzen setz als markiere markieren ungefahr etwa rund stand komplett vollstandig
  nachweis beleg siehe
  je j'ai l'ai l'avons voici preuve voir nous avons on a c'est est sont le la les l'action l' un une cette ce ca maintenant deja aussi oui enfin s'il vous plait te merci action mesure tache et comme marquer marque marquez environ pour cent de
  du en sur ete etat tout suis
  prueba evidencia
  yo he hemos esta estan es son el los las lo una uno ya tambien si ahora por favor gracias accion medida tarea y como marca marcar aproximadamente alrededor estado se un al ha completamente`);

/** Beside a share they say that it is progress. */
export const progressWords = set(`
  done complete completed finished through progress rolled fertig erledigt umgesetzt abgeschlossen fortschritt fait faits termine avancement avance progres hecho completado terminado progreso`);
export const leftWords = set(
  'left remaining go missing open pending offen ubrig ausstehend fehlen fehlt restant restants restent reste restante restantes falta faltan pendiente',
);

/** A sentence that begins so asks. */
export const questionWords = set(`
  what what's whats when where who who's whose whom why how which is are was were do does did can could may might should shall would am has will any
  wann wo wer wessen wem wen warum wieso weshalb wie welche welcher welches welchen ist sind darf durfen kann konnen muss mussen soll sollen gibt hat wird
  quand ou qui pourquoi comment quel quelle quels quelles est-ce est-il est-elle peut-on puis-je dois-je faut-il qu'est-ce que quoi combien
  cuando donde quien quienes como cual cuales puedo podemos debo hay cuanto cuantos cuanta`);
/** Of these, the ones that ask even after a reference: «NC-4: who owns it». */
export const askingWords = set(`
  what when where who whose why how which was wann wo wer warum wieso wie welche quand qui pourquoi comment quoi combien cuando donde quien cual que`);

/** Alone beside a reference they ask to see the record. */
export const showingWords = set(`
  status state history details detail show info information open see view find list display get give me verlauf zeig zeige anzeigen details stand etat historique montre montrer affiche estado
  historial muestra mostrar ver export link please bitte of for the von zu de du del la le el`);

export const reasonWords =
  /(?<![\p{L}\p{N}])(?:because of|because|since|due to|as(?= (?:the|we|they|i|our|he|she|it|there|my)\b)|weil|denn|wegen|aufgrund|parce que|parce qu['’]|car|puisque|à cause de|en raison de|porque|ya que|debido a|por culpa de)(?![\p{L}\p{N}])/giu;

/** Who tries to tell a machine what it is, or to forget what it was told. */
export const instructing =
  /(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instruction|rule|prompt|previous|prior|above)|(?:ignorier|vergiss|missachte)\w{0,10}\b.{0,40}\b(?:anweisung|regel|vorgabe)|(?:ignore[rz]?|oublie[rz]?)\b.{0,30}\b(?:instructions|consignes|règles)|(?:ignora|olvida)\w{0,10}\b.{0,40}\b(?:instrucciones|reglas)|(?:^|\n)(?:[^\S\n]|[*#<[(|])*(?:system|assistant|developer|admin|tool|user)\b[^\p{L}\n]{0,4}[:>\])|]|<\/?(?:system|assistant|tool|instructions?)|\[\/?inst\]|<\|im_|\byou are now\b|\bpretend\b|\bact as\b|\brole-?play|\bdeveloper mode\b|\bjailbreak|\bdu bist jetzt\b|\bstell dir vor\b|\bimagine (?:you|that)|\btu es maintenant\b|\bahora eres\b|\bsystem (?:prompt|override|message)|\btool call|\bfunction call/iu;
