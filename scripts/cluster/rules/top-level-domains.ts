// Of https://data.iana.org/TLD/tlds-alpha-by-domain.txt: all of countries, and the generic ones that are in wide use.
const generic =
  'com org net edu gov mil int arpa info biz name pro jobs mobi aero coop museum travel asia cat tel post xxx ' +
  'academy agency app art aws amazon bank blog build business cafe center chat city cloud codes community company ' +
  'computer dev digital domains email engineering events expert express finance fun fyi games global google group ' +
  'guru health help host hosting house icu inc ink institute international land legal life link live lol ltd market ' +
  'marketing media microsoft network news ninja one online ooo org ovh page partners party photos plus press pub ' +
  'rocks run sale school science services shop show site social software solutions space store stream studio style ' +
  'support systems team tech technology tips today tools top trade training video vip watch website wiki win work ' +
  'works world wtf xyz zip zone'

const countries =
  'ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc ' +
  'cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb ' +
  'gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke ' +
  'kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu ' +
  'mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw ' +
  'sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ' +
  'ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw'

/** Domains in which other people have names. */
export const topLevelDomains: ReadonlySet<string> = new Set([...generic.split(' '), ...countries.split(' ')])
