"""The words that speaker resolution knows: verbs of saying, titles, roles, organisations, places, given names.

Closed lists of general English. Nothing here was copied from an article; given names are the most frequent ones
of census statistics and serve only to tell "he" from "she" and a person from a company.
"""


def _words(*blocks: str) -> frozenset[str]:
    return frozenset(word for block in blocks for word in block.split())


def _forms(verb: str) -> tuple[str, ...]:
    """Return a regular verb's present, past and -ing forms: deny → denies, denied, denying."""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d", verb[:-1] + "ing"
    ending = "es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"
    return verb, verb + ending, verb + "ed", verb + "ing"


def _table(regular: str, irregular: dict[str, str]) -> dict[str, str]:
    """Return every form of some verbs with the verb that it is a form of."""
    table = {form: verb for verb in regular.split() for form in _forms(verb)}
    table.update({form: verb for verb, forms in irregular.items() for form in (verb, *forms.split())})
    return table


# ---------------------------------------------------------------------------------------------------- verbs of saying

# With or without quotation marks, what follows is what somebody said.
STATING = _table(
    """
    acknowledge advise affirm allege announce argue assert assure caution claim clarify comment complain concede
    conclude confess confirm contend counter declare disclose emphasise emphasize estimate explain insist lament
    maintain mention note pledge point predict proclaim promise reaffirm recall reckon recount reiterate
    remark remind reply respond reveal signal state stress suggest testify theorise theorize vow warn worry joke
    caveat reason opine observe
    """,
    {
        "say": "says said saying",
        "tell": "tells told telling",
        "admit": "admits admitted admitting",
        "believe": "believes believed believing",
        "think": "thinks thought thinking",
        "forecast": "forecasts forecasting",
        "quip": "quips quipped quipping",
        "swear": "swears swore swearing",
        "agree": "agrees agreed agreeing",
    },
)

# An opinion with a thing as its object: "she denied the claim", "he described it as".
JUDGING = _table(
    """
    accuse applaud blame condemn criticise criticize decry defend demand denounce deny describe dismiss dispute
    echo praise question recommend reject slam urge welcome characterise characterize blast
    """,
    {"deny": "denies denied denying"},
)

# Verbs that need a quotation in the sentence (or "that" behind them) before they tell of saying.
QUOTING = _table(
    """
    add ask answer boast call cite comment continue cry demand enthuse exclaim express fume gush inform inquire
    interject invite laugh muse note offer post preach propose protest query report remark reminisce respond
    retort sigh smile shout surmise tweet voice warn wonder yell whisper scream request label dub deem appeal
    advocate outline apologise apologize correct object order plead pray rail chuckle venture scoff sniff sneer
    summarise summarize speculate ponder grumble implore beg highlight underline underscore issue address hint
    """,
    {
        "write": "writes wrote written writing",
        "read": "reads reading",
        "put": "puts putting",
        "go": "goes went going",
        "begin": "begins began beginning",
        "quote": "quotes quoted quoting",
        "sing": "sings sang singing",
        "find": "finds found finding",
        "show": "shows showed showing",
        "retweet": "retweets retweeted retweeting",
        "hit": "hits hitting",
        "plead": "pleads pleaded pled pleading",
        "beg": "begs begged begging",
    },
)
SPEAKING = {**QUOTING, **JUDGING, **STATING}

# Whoever does this has spoken just before.
GOING_ON = _words("add continue go conclude")

# "added that", "asked whether": these words behind a verb of the list above make an indirect statement of it.
OPENS_A_CLAUSE = _words("that whether if why how what he she they it there his her their its")
CLAUSE_AFTER = {
    "add": OPENS_A_CLAUSE,
    "write": _words("that"),
    "report": _words("that"),
    "tweet": _words("that"),
    "post": _words("that"),
    "answer": _words("that"),
    "find": _words("that"),
    "show": _words("that"),
    "hint": _words("that"),
    "highlight": _words("that"),
    "underline": _words("that"),
    "underscore": _words("that"),
    "propose": _words("that"),
    "inform": _words("that"),
    "boast": _words("that"),
    "protest": _words("that"),
    "speculate": _words("that"),
    "wonder": _words("whether if why how"),
    "ask": _words("whether if why how"),
    "call": _words("for on"),
    "continue": _words("that"),
    "express": _words("concern concerns hope doubt doubts regret confidence"),
    "apologise": _words("for"),
    "apologize": _words("for"),
}

# Verbs that tell of saying only with this word behind them.
IDIOMS = {"go": "on", "put": "it"}

# Of STATING and JUDGING, those that often mean something else: without a quotation they need one of these behind
# them ("agreed that", but not "agreed a deal").
NEEDS_BEHIND = {
    "agree": _words("that with"),
    "believe": OPENS_A_CLAUSE | _words("the a an this these those many some most"),
    "think": OPENS_A_CLAUSE | _words("the a an this these those many some most"),
    "recall": OPENS_A_CLAUSE,
    "reply": OPENS_A_CLAUSE,
    "respond": _words("that"),
    "answer": _words("that"),
    "counter": _words("that"),
    "point": _words("out"),
    "observe": OPENS_A_CLAUSE | _words("the a"),
    "signal": _words("that"),
    "echo": _words("that"),
    "question": _words("whether why how the"),
    "joke": _words("that"),
    "worry": _words("that"),
    "testify": _words("that"),
    "comment": _words("that"),
    "conclude": OPENS_A_CLAUSE | _words("the"),
    "mention": _words("that"),
    "remind": _words("that"),
    "assure": _words("that"),
    "maintain": OPENS_A_CLAUSE | _words("the"),
    "reason": _words("that"),
    "swear": _words("that"),
    "defend": _words("the his her their its"),
    "reveal": OPENS_A_CLAUSE | _words("the"),
    "promise": OPENS_A_CLAUSE | _words("to a the"),
    "concede": OPENS_A_CLAUSE | _words("defeat"),
    "deny": OPENS_A_CLAUSE | _words("the any all being having wrongdoing allegations claims reports involvement these"),
    "reject": _words("the this that it claims allegations suggestions any calls criticism accusations reports"),
    "dismiss": _words("the claims as any suggestions concerns reports his her their it talk"),
}

# What is claimed here is won, or lost: no saying.
WINNINGS = _words(
    "victory gold silver bronze title life lives crown win trophy cup first second third top place point points"
)

PASSIVE_AUXILIARIES = _words("is are was were be been being gets got get")
ACTIVE_AUXILIARIES = _words("has have had having did does do will would ’s 's")
DOUBTFUL_AUXILIARIES = _words(
    "could might may should can must cannot not never didn't don't doesn't won't wouldn't",
    "couldn't hasn't haven't hadn't can't didn’t don’t doesn’t won’t wouldn’t couldn’t",
    "hasn’t haven’t hadn’t can’t nor neither ever",
)
FINITE_VERBS = (
    PASSIVE_AUXILIARIES
    | ACTIVE_AUXILIARIES
    | DOUBTFUL_AUXILIARIES
    | _words(
        "became become becomes came comes went goes made makes took takes gave gives saw sees got left won lost led "
        "stood held kept began ran sat met put set hit let lay rose fell grew knew brought bought built sent spent"
    )
)
ADVERBS = _words(
    "also then later once again already often just even still too instead repeatedly further meanwhile "
    "nevertheless nonetheless however therefore thus always sometimes both long now today yesterday tonight "
    "only similarly simply soon rather almost reportedly allegedly afterwards afterward earlier today since "
    "all separately jointly far recently"
)
SUBORDINATORS = _words(
    "that when while because if although though whether whereas unless until before after since where which who whom "
    "whose what how why so than as"
)
# A question opens with one of these, or with a verb.
QUESTION_WORDS = _words("who whom whose what which where when why how")
# A clause that opens with one of these is background: "While Smith has said he likes it, voters do not".
BACKGROUND = _words("while although though if when unless whereas despite before after since until because whether")
COORDINATORS = _words("and but or yet nor")
PREPOSITIONS = _words(
    "of for in at from with on by to under over about into against during through between among behind after "
    "before near within without outside inside across around towards toward off than per via throughout "
    "representing including amid despite following according unlike like since until because upon"
)
DETERMINERS = _words(
    "the a an this that these those another one some many several other most few his her their its "
    "our my your both all any no each every two three four five six"
)
POSSESSIVE_PRONOUNS = _words("his her their its our my")

# ------------------------------------------------------------------------------------------------------------ persons

MALE_WORDS = _words(
    "he his him himself mr sir lord king prince duke father son brother husband uncle grandfather grandson boy man "
    "gentleman spokesman chairman businessman congressman policeman fireman salesman councilman assemblyman "
    "sportsman widower fisherman actor waiter monk priest dad nephew boyfriend alderman baron stepfather ombudsman "
    "herr monsieur señor don fr brothers emperor sheikh pope imam"
)
FEMALE_WORDS = _words(
    "she her hers herself mrs ms miss mme madam madame lady dame queen princess duchess mother daughter sister wife "
    "aunt grandmother granddaughter girl woman spokeswoman chairwoman businesswoman congresswoman policewoman "
    "councilwoman assemblywoman sportswoman widow actress waitress nun mum mom niece girlfriend baroness stepmother "
    "mademoiselle frau señora sister empress heroine midwife"
)

# Words before a name that are not part of it.
HONORIFICS = _words(
    "mr mrs ms miss mx dr prof sir lord lady dame rev fr hon st mme herr frau sgt lt col gen maj capt "
    "cmdr adm gov sen rep amb pres messrs det insp supt pc cllr ald dep const cpl pvt judge justice "
    "professor doctor reverend sheikh ayatollah private"
)
ROLES = _words(
    """
    ambassador envoy minister president premier chancellor secretary senator congressman congresswoman
    representative governor mayor councillor councilor councilman councilwoman alderman commissioner commander
    general colonel major captain lieutenant sergeant admiral officer constable detective inspector
    superintendent sheriff chief marshal judge justice prosecutor attorney solicitor barrister lawyer magistrate
    coroner clerk registrar ombudsman director manager chairman chairwoman chair chairperson executive founder
    co-founder cofounder owner co-owner boss head leader deputy vice spokesman spokeswoman spokesperson
    spokespersons aide adviser advisor analyst economist expert specialist consultant strategist researcher
    scientist professor lecturer academic scholar historian biologist chemist physicist astronomer geologist
    ecologist epidemiologist virologist engineer architect planner surveyor author co-author writer journalist
    reporter editor columnist correspondent critic novelist poet playwright artist painter sculptor musician
    singer composer conductor actor actress filmmaker producer coach trainer player striker goalkeeper keeper
    defender midfielder winger forward quarterback pitcher referee umpire champion athlete swimmer sprinter
    cyclist boxer golfer jockey skipper batsman bowler rider driver pilot sailor fisherman farmer grower
    shopkeeper landlord tenant resident neighbour neighbor witness victim survivor suspect defendant plaintiff
    accused teacher headteacher headmaster headmistress principal pupil student graduate dean provost rector
    doctor physician surgeon nurse paramedic midwife patient psychologist psychiatrist therapist dentist
    veterinarian vet priest pastor vicar bishop archbishop cardinal pope imam rabbi monk nun chaplain activist
    campaigner organiser organizer volunteer member treasurer candidate nominee lawmaker legislator politician
    diplomat official bureaucrat undersecretary whip backbencher mp mep ceo cfo coo cto qc kc sc king queen
    prince princess duke duchess baron baroness father mother son daughter brother sister husband wife uncle
    aunt grandfather grandmother mum dad widow widower cousin friend colleague partner fiancé fiancée man woman
    boy girl teenager youngster firefighter ranger warden guard curator librarian archivist chef baker brewer
    butcher plumber electrician builder developer investor trader banker broker entrepreneur businessman
    businesswoman designer programmer trustee investigator examiner forecaster meteorologist seismologist
    hydrologist conservationist naturalist paleontologist archaeologist anthropologist sociologist negotiator
    mediator interpreter translator comedian presenter host broadcaster speaker star frontman rapper
    singer-songwriter superstar veteran soldier nationalist republican democrat incumbent predecessor successor
    supervisor substitute debutant rookie teammate linesman corporal brigadier commodore trooper assemblyman
    assemblywoman alderwoman selectman comptroller controller auditor accountant pharmacist statistician
    mathematician philosopher theologian blogger podcaster commentator pundit postmaster lifeguard publican
    mechanic technician caretaker hairdresser florist welder handler dispatcher apprentice trainee steward supporter
    shareholder vice-chancellor vice-president co-chair co-leader customer employee commuter passenger staffer
    """
)
# Whoever leads or plays for an organisation is introduced with its name in front: "Acme boss Jane Smith".
OF_AN_ORGANISATION = _words(
    "boss coach manager captain skipper chairman chairwoman chairperson chair executive ceo director owner founder "
    "co-founder president striker goalkeeper keeper defender midfielder winger forward quarterback pitcher player "
    "substitute spokesman spokeswoman spokesperson"
)
# What a firm is, before its name: "Solicitors Smith & Jones".
FIRMS_OF = _words(
    "accountants architects auctioneers auditors bakers bankers brewers brokers builders consultants contractors "
    "designers developers engineers jewellers lawyers planners printers publishers solicitors surveyors undertakers"
)
# Showrunner, shopkeeper, seismologist: too many to list. No surname ends so.
ROLE_ENDINGS = (
    "runner", "maker", "keeper", "writer", "player", "worker", "owner", "holder", "winner", "grower", "presenter",
    "ologist", "onist", "ographer", "influencer",
)  # fmt: skip
ABBREVIATED_ROLES = {
    "adm": "admiral", "amb": "ambassador", "capt": "captain", "cllr": "councillor", "cmdr": "commander",
    "col": "colonel", "det": "detective", "dr": "doctor", "gen": "general", "gov": "governor", "insp": "inspector",
    "lt": "lieutenant", "maj": "major", "pres": "president", "prof": "professor", "rep": "representative",
    "sen": "senator", "sgt": "sergeant", "supt": "superintendent",
}  # fmt: skip
# Before a role that somebody no longer has, or does not have yet.
NO_LONGER = _words("former ex late then onetime ex-president outgoing incoming would-be aspiring acting next")
# Roles that more people have than the article names: only one just mentioned is meant.
COMMON_ROLES = _words(
    "official officer member man woman boy girl friend partner colleague supporter shareholder customer employee "
    "commuter passenger staffer"
)
PLURAL_ROLES = _words(
    "officials experts analysts critics residents witnesses people scientists researchers lawyers prosecutors "
    "lawmakers sources some many others authors economists activists campaigners supporters opponents doctors "
    "teachers parents farmers members reporters journalists investigators neighbours neighbors friends "
    "executives leaders ministers observers historians those few most several both all none nobody everyone "
    "workers organisers organizers police detectives officers senators republicans democrats voters fans"
)

# ------------------------------------------------------------------------------------------- organisations, documents

ORGANISATIONS = _words(
    """
    ministry department agency authority council committee commission court tribunal parliament senate congress
    assembly cabinet government administration company firm corporation group bank union party team club
    association federation foundation institute institution university college school hospital trust charity
    board office bureau service services society network coalition alliance campaign newspaper magazine journal
    broadcaster station channel publisher airline railway operator retailer supermarket manufacturer developer
    startup studio museum church army navy force forces police fund exchange regulator watchdog embassy
    coastguard consulate secretariat organisation organization nation league panel inquiry
    chamber guild academy confederation inspectorate
    city county borough municipality treasury kremlin pentagon ombudsman utility cooperative co-operative
    consortium laboratory observatory lab brewery council's militia
    """
)
# Organisations that a reader knows without their name: "the ministry", "police".
KNOWN_WITHOUT_A_NAME = _words(
    "ministry department authority council committee commission court tribunal parliament senate cabinet government "
    "administration board police inquiry treasury kremlin pentagon army navy embassy coastguard "
    "hospital university union church"
)
# "The company said": the one spoken of just before.
COMPANIES = _words(
    "company firm corporation group bank club association foundation trust charity airline railway operator retailer "
    "supermarket manufacturer developer startup studio museum publisher broadcaster newspaper magazine agency "
    "institute college school hospital university organisation organization network campaign"
)
# Capitalised words that make a name an organisation's (or a thing's), not a person's.
ORGANISATION_NAMES = _words(
    """
    ministry department agency authority council committee commission court tribunal parliament senate congress
    assembly cabinet government administration company corporation corp inc ltd llc plc co group bank union
    party team club association federation foundation institute institution university college school hospital
    trust charity board office bureau service services society network coalition alliance campaign newspaper
    chamber guild academy confederation inspectorate
    magazine journal times post herald tribune gazette guardian telegraph news press mail chronicle mirror
    observer express radio television tv broadcasting media airlines airways railways rail energy electric power
    oil gas motors motor industries international holdings partners capital securities insurance technologies
    technology systems software labs laboratory laboratories research studies center centre museum church
    cathedral temple mosque army navy force forces police guard fund exchange house hall street road avenue
    bridge park stadium arena airport station port bay island islands river lake valley mountain mountains hills
    beach forest north south east west northern southern eastern western central united states kingdom republic
    national federal royal state league cup championship championships olympics olympic games world series
    conference summit act bill law treaty amendment award prize festival day week month year affairs relations
    security defense defence health education environment justice interior treasury transport agriculture labor
    labour trade commerce finance home foreign square tower towers city county district borough province region
    town village community communities youth student students muslim christian catholic jewish islamic buddhist
    protestant orthodox democratic conservative liberal green greens socialist communist republicans democrats
    conservatives liberals tories tory gop intelligence strategic economic economics policy public social
    science sciences medicine medical engineering arts project initiative program programme movement front
    brigade battalion regiment division corps fleet mission organisation organization mills ferries foods
    brothers stores pictures records homes farms lines shipping logistics commons lords legion legislature
    supreme high crown appeals appeal circuit water works council's development planning housing care rescue
    weather meteorological geological survey space aviation maritime coast coastguard fire ambulance emergency
    civil rights human freedom watch amnesty greenpeace oxfam unicef nato un eu who nhs bbc cnn nbc abc cbs
    reuters afp ap fbi cia nasa fifa uefa ioc imf opec google facebook twitter microsoft amazon apple youtube
    instagram
    """
)
# Documents that speak for whoever was just named.
FINDINGS = _words("report study survey poll assessment analysis review statement findings data figures research")
# Words before a title or a nickname between quotation marks.
TITLED = _words("named titled entitled dubbed nicknamed book film movie song album novel show series play magazine")
DOCUMENTS = _words(
    "report study survey poll statement letter assessment analysis review paper article document memo email "
    "editorial release filing lawsuit complaint indictment ruling judgment judgement verdict affidavit briefing "
    "bulletin notice warning forecast post message tweet website blog findings data figures audit essay column"
)

# ----------------------------------------------------------------------------------------------- places, times, others

PLACES = _words(
    """
    africa america asia europe australia antarctica afghanistan albania algeria angola argentina armenia austria
    azerbaijan bahrain bangladesh belarus belgium bolivia bosnia brazil britain bulgaria cambodia cameroon
    canada chile china colombia croatia cuba cyprus czechia denmark ecuador egypt england eritrea estonia
    ethiopia finland france gabon gaza georgia germany ghana greece greenland guatemala haiti honduras hungary
    iceland india indonesia iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya korea kosovo
    kuwait kyrgyzstan laos latvia lebanon lesotho liberia libya lithuania luxembourg madagascar malawi malaysia
    mali malta mexico moldova mongolia montenegro morocco mozambique myanmar namibia nepal netherlands nicaragua
    niger nigeria norway oman pakistan palestine panama paraguay peru philippines poland portugal qatar romania
    russia rwanda scotland senegal serbia singapore slovakia slovenia somalia spain sudan sweden switzerland
    syria taiwan tajikistan tanzania thailand tunisia turkey turkmenistan uganda ukraine uruguay uzbekistan
    venezuela vietnam wales yemen zambia zimbabwe alabama alaska arizona arkansas california colorado
    connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland
    massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon
    pennsylvania tennessee texas utah vermont wisconsin wyoming carolina dakota jersey york hampshire rhode
    orleans angeles francisco vegas rico columbia ontario quebec alberta manitoba queensland tasmania london
    paris berlin madrid rome moscow beijing shanghai tokyo seoul delhi mumbai dhaka jakarta manila sydney
    melbourne toronto ottawa montreal vancouver washington chicago boston dallas houston philadelphia seattle
    detroit atlanta brussels geneva vienna prague warsaw budapest athens cairo baghdad tehran kabul damascus
    jerusalem kyiv kiev dublin edinburgh glasgow cardiff belfast manchester liverpool birmingham leeds bristol
    hong kong states kingdom emirates zealand u.s us u.k uk
    """
)
NATIONALITIES = _words(
    """
    afghan albanian algerian american argentine argentinian armenian asian african european australian austrian
    bangladeshi belarusian belgian bolivian bosnian brazilian british bulgarian cambodian canadian chilean
    chinese colombian croatian cuban cypriot czech danish dutch ecuadorian egyptian english eritrean estonian
    ethiopian filipino finnish french georgian german ghanaian greek haitian hungarian icelandic indian
    indonesian iranian iraqi irish israeli italian jamaican japanese jordanian kazakh kenyan korean kurdish
    kuwaiti latvian lebanese libyan lithuanian malaysian mexican mongolian moroccan nepali nigerian norwegian
    pakistani palestinian panamanian peruvian polish portuguese romanian russian rwandan saudi scottish
    senegalese serbian singaporean slovak slovenian somali spanish sudanese swedish swiss syrian taiwanese thai
    tunisian turkish ugandan ukrainian venezuelan vietnamese welsh yemeni zambian zimbabwean republican democrat
    democratic conservative liberal labour tory muslim catholic christian jewish bengali punjabi tamil hindu
    sikh texan californian parisian londoner north south east west northern southern eastern western
    """
)
TIMES = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december feb apr jun jul aug sep sept oct nov dec christmas easter ramadan"
)
# Capitalised at the head of a sentence, never part of a name there.
OPENERS = (
    ADVERBS
    | SUBORDINATORS
    | COORDINATORS
    | PREPOSITIONS
    | DETERMINERS
    | FINITE_VERBS
    | TIMES
    | _words(
        """
        he she it they we i you there here what how why who whose perhaps maybe indeed finally first second third
        last next yesterday today tomorrow tonight asked speaking writing addressing responding citing discussing
        according while such much yes no not never nothing something someone everyone nobody his her its their our
        more less few asked told new old former late fellow senior junior local retired ex-
        said says because despite amid apart asked commenting appearing standing referring given following other
        earlier later meanwhile also only even once twice still both either neither together overall elsewhere
        whatever whenever wherever whoever sadly happily unfortunately fortunately clearly certainly surely
        """
    )
)
PARTICLES = _words(
    "& van der den de la von bin ibn al el da di du dos das del della le ben ter ten af av zu y bint abu"
)
SUFFIXES = _words("jr jr. sr sr. ii iii iv junior senior")
PRONOUNS = {"he": "m", "she": "f", "they": "p", "it": "o"}

MALE_NAMES = _words(
    """
    james robert john michael david william richard joseph thomas christopher daniel matthew anthony mark steven
    steve paul andrew joshua kenneth kevin brian george timothy tim ronald edward jason jeffrey jeff ryan jacob
    gary nicholas nick eric jonathan stephen larry justin scott brandon benjamin samuel sam gregory greg frank
    patrick raymond jack dennis jerry tyler aaron jose adam nathan henry peter zachary douglas kyle noah ethan
    jeremy walter keith roger terry sean gerald carl harold dylan arthur lawrence jordan jesse bryan billy bruce
    gabriel logan albert willie alan juan wayne elijah randy roy vincent ralph eugene russell bobby mason philip
    louis harry liam oliver jacques pierre jean michel antonio marco giovanni luigi carlos miguel luis jorge
    pedro diego pablo hans klaus jurgen jürgen heinrich wolfgang dieter stefan lars erik sven olaf anders henrik
    mikhail sergei dmitry ivan nikolai andrei boris igor oleg yuri pavel viktor ahmed mohammed muhammad mohammad
    mustafa hassan hussein omar ibrahim yusuf khalid tariq rashid karim samir rajesh sanjay anil sunil vijay
    arjun ravi amit hiroshi kenji takeshi haruto chidi emeka kwame kofi tom ben bob bill jim mike dave dan joey
    chris matt tony ed ted fred rob ron don ken leo max simon martin neil graham colin stuart ian nigel trevor
    gareth rhys callum angus hamish alistair rick robbie mitch wade craig darren lee glenn dale todd chad brad
    derrick dwayne marcus cedric leon curtis lewis luke isaac caleb owen connor jared seth neal russ vince phil
    stan ray norman howard leonard duncan ewan fergus rory declan conor eoin finn hugh rupert giles clive derek
    barry geoff malcolm
    """
)
FEMALE_NAMES = _words(
    """
    mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret
    ashley kimberly emily donna michelle carol amanda melissa deborah stephanie dorothy rebecca sharon laura
    cynthia amy kathleen angela shirley brenda emma anna pamela nicole samantha katherine christine helen debra
    rachel carolyn janet maria catherine heather diane olivia julie joyce victoria ruth virginia lauren kelly
    christina joan evelyn judith andrea hannah megan cheryl jacqueline martha madison teresa gloria sara janice
    ann kathryn abigail sophia frances jean alice judy isabella julia grace amber denise danielle marilyn
    beverly charlotte natalie theresa diana brittany doris kayla alexis lori marie claire sophie marion camille
    isabelle chiara giulia francesca lucia carmen ana elena sofia ines pilar ingrid astrid greta heidi ursula
    anja katrin svetlana olga tatiana irina natasha yelena ekaterina fatima aisha khadija layla leila zainab
    maryam amina yasmin noor nadia priya anjali sunita lakshmi meera deepa yuki sakura aiko mei ling xiu amara
    ngozi adaeze akua nia kate katie jane jenny lucy molly ellie chloe holly gemma fiona morag eilidh catriona
    siobhan niamh aoife bronwyn carys rhiannon sian rosie poppy daisy lily ella eva ivy beth liz sue pat kathy
    cathy debbie wendy tracy tracey joanne joanna nina joana leticia beatriz gabriela juliana paula renata
    valeria alejandra rosa isabel mariana fernanda claudia vanessa monica veronica erin erica erika kristen
    kirsten hilary hillary paige brooke tiffany crystal april robin tina gina dawn jill joy faith hope audrey
    sylvia vivian bonnie peggy wilma edith ethel mabel maureen anne annie rose
    """
)
# Family names that come first: Kim, Park, Wang.
FAMILY_FIRST = _words(
    "kim park lee choi jung kang cho yoon jang lim han oh seo shin kwon hwang ahn song hong moon wang li zhang liu "
    "chen yang huang zhao wu zhou xu sun ma zhu hu guo he gao lin luo zheng liang xie tang deng feng cao peng zeng "
    "xiao tian dong pan yuan cai jiang yu du ye cheng wei ren lu shi mao hua tran nguyen pham vo le dang bui ngo"
)
