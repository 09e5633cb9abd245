/**
 * The words that most stolen passwords are made of, written down by kind. A password that consists of such words, with
 * any digits and signs between them, is refused; that covers each word with every year, suffix, repetition and
 * letter-for-digit swap, far more than a list of single passwords could hold.
 */
const WORDS = `
  password passwort passwd pass parola contrasena motdepasse senha wachtwoord haslo heslo
  welcome willkommen bienvenue hello login signin logon access letmein open sesame enter changeme change default temp
  temporary test testing guest user username admin administrator root master super superuser system server service support
  secret private secure security safe trust trustno key code pin
  qwerty qwertz azerty qwertyuiop qwertzuiop asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm yxcvbnm qaz wsx edc rfv tgb qazwsx
  abc abcd abcdef abcdefg abcdefgh xyz aaa
  monkey dragon tiger lion eagle falcon shark wolf bear panda kitty kitten puppy doggy horse pony bunny butterfly phoenix
  football soccer baseball basketball hockey golf tennis rugby cricket yankees lakers cowboys steelers arsenal chelsea
  liverpool barcelona madrid juventus
  love iloveyou loveyou lovely lover honey sweet sweetie angel baby babygirl princess prince queen king sunshine sunflower
  flower rose forever happy lucky smile friend friends family mother father daddy mommy mum
  summer winter spring autumn fall january february march april may june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday today
  superman batman spiderman ironman starwars pokemon pikachu naruto minecraft matrix ninja samurai warrior hunter ranger
  killer shadow ghost devil demon knight wizard magic merlin
  michael michelle jennifer jessica ashley amanda daniel david andrew thomas robert charlie george jordan joshua matthew
  anthony william nicole samantha taylor alexander maria anna marie andrea sandra peter john james alex max ben sam
  london paris berlin newyork america england germany france canada australia texas california boston chicago
  computer internet google facebook apple samsung microsoft windows linux android iphone laptop network wifi
  money cash dollar gold silver diamond rich million bank banking account accounts invoice invoices payment payments
  billing finance office company business manager boss work team sales customer portal quittance supplier
  cheese chocolate cookie banana orange apple pepper ginger coffee whatever nothing something anything freedom peace
  purple yellow green blue black white red silver pink orange
  correcthorse batterystaple
  you and the for one two three four five six seven eight nine zero me my your our is it in on to go do not no yes new old
  pro man boy girl big hot cool good best great first last
`

/** Every core word, in lower case. */
export const COMMON_CORES: ReadonlySet<string> = new Set(WORDS.split(/\s+/).filter(Boolean))
