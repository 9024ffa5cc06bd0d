/// Words that come so often in a language that they tell nothing of what a text is about. `data clean --stopwords en` prints
/// a list as a recipe takes it, to be changed there.
public enum StopWords {
    public static let languages = lists.keys.sorted()

    /// Sorted; empty of a language without a list.
    public static func of(_ language: String) -> [String] {
        Set((lists[language] ?? "").split(separator: " ").map(String.init)).sorted()
    }

    /// A step of a recipe with all words written out.
    public static func step(_ language: String) -> String? {
        let words = of(language)
        guard !words.isEmpty else { return nil }
        var lines = ["- step: stopwords", "  words:"]
        // Quoted, for some are YAML's own: no, on, y.
        lines += words.map { "    - \"\($0)\"" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let lists: [String: String] = [
        "en": """
        a about above after again against all am an and any are as at be because been before being below between both but \
        by can could did do does doing down during each few for from further had has have having he her here hers herself \
        him himself his how i if in into is it its itself just me more most my myself no nor not now of off on once only \
        or other our ours ourselves out over own same she should so some such than that the their theirs them themselves \
        then there these they this those through to too under until up very was we were what when where which while who \
        whom why will with would you your yours yourself yourselves i'm you're he's she's it's we're they're i've you've \
        we've they've i'll you'll he'll she'll we'll they'll isn't aren't wasn't weren't don't doesn't didn't won't \
        wouldn't can't couldn't shouldn't
        """,
        "de": """
        aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aus bei bin bis bist da \
        damit dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch dort \
        du durch ein eine einem einen einer eines er es etwas euch euer eure für gegen gewesen hab habe haben hat hatte \
        hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist jede jedem jeden jeder jedes \
        jene jetzt kann kein keine keinem keinen keiner können könnte machen man manche mein meine meinem meinen meiner \
        mich mir mit muss musste nach nicht nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner selbst \
        sich sie sind so solche soll sollte sondern sonst über um und uns unser unsere unter viel vom von vor war waren \
        was weil weiter welche welchem welchen welcher wenn werde werden wie wieder will wir wird wirst wo wollen wollte \
        würde würden zu zum zur zwar zwischen
        """,
        "fr": """
        à ai au aucun aussi autre aux avais avait avec avez avoir avons bien c ce cela celle celui ces cet cette ceux \
        chaque comme d dans de des deux donc dont du elle elles en encore entre es est et étaient était étant été être eu \
        eux fait faire il ils j je l la le les leur leurs lui m ma mais me même mes moi mon n ne ni nos notre nous on ont \
        or ou où par pas peu peut plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se sera \
        ses si son sont sous suis sur t ta te tes toi ton tous tout toute toutes très tu un une vos votre vous y
        """,
        "es": """
        a al algo algunas algunos ante antes aquel aquella así aún aunque cada como con contra cual cuando de del desde \
        donde dos durante e el él ella ellas ellos en entre era eran eres es esa esas ese eso esos esta está están estar \
        estas este esto estos estoy fue fueron ha había han has hasta hay he la las le les lo los más me mi mí mientras \
        mis mucho muchos muy nada ni no nos nosotros nuestra nuestro o os otra otras otro otros para pero poco por porque \
        pues que qué quien quién se sea ser si sí sido sin sobre sois somos son soy su sus también tan tanto te tiene \
        tienen todo todos tu tú tus un una unas uno unos vosotros y ya yo
        """,
        "it": """
        a abbiamo ad agli ai al alla alle allo anche avere c che chi ci ciò coi col come con contro cui da dagli dai dal \
        dalla dalle de degli dei del della delle dello di dove e è ed era erano essere fa gli ha hai hanno ho i il in io \
        l la le lei li lo loro lui ma me mi mia mie miei mio molto ne negli nei nel nella nelle nello noi non nostra \
        nostro o ogni per perché più poi quale quali quando quanto quasi quella quelle quelli quello questa queste questi \
        questo qui se sei sempre si sia siamo siete sono sta stata stati stato su sua sue sugli sui sul sulla sulle suo \
        suoi tra tu tua tue tuo tuoi tutte tutti tutto un una uno vi voi vostra vostro
        """,
        "pt": """
        a à ao aos aquela aquele aqueles às as até com como da das de dela dele deles depois do dos e é ela elas ele eles \
        em entre era eram essa essas esse esses esta está estão estas estava este estes eu foi foram há isso isto já lhe \
        lhes mais mas me mesmo meu meus minha minhas muito na não nas nem no nos nós nossa nosso num numa o os ou para \
        pela pelas pelo pelos por porque qual quando que quem são se seja sem ser será seu seus só sua suas também te tem \
        têm tenho ter teu tinha tu tua um uma umas uns você vocês vos
        """,
        "nl": """
        aan al alles als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een eens en er ge geen \
        geweest haar had heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ja je jij jullie kan kon kunnen \
        maar me meer men met mij mijn moet na naar niet niets nog nu of om omdat onder ons onze ook op over reeds te tegen \
        toch toen tot u uit uw van veel voor want waren was wat we wel werd wezen wie wij wil worden wordt zal ze zelf zich \
        zij zijn zo zonder zou
        """,
        "sv": """
        alla allt att av blev bli blir da där de dem den denna deras dess det detta dig din dina ditt du efter ej eller en \
        er era ett från för ha hade han hans har hennes hon honom hur här i icke ingen inom inte jag ju kan kunde man med \
        mellan men mig min mina mitt mot mycket ni nu när någon något några och om oss på samma sedan sig sin sina själv \
        skulle som så till under upp ut utan vad var vara varför vara vi vid vilka vilken är åt över
        """,
        "pl": """
        a aby ale albo bardzo bez bo być był była było były będzie by ci co czy dla do gdy gdzie go i ich im innych iż ja \
        jak jako je jednak jego jej jest jestem jeszcze jeśli już każdy kiedy która które który lub ma mi mnie może można \
        mu my na nad nam nas nie nich nim niż o od on ona one oni ono oraz po pod przed przez przy są się ta tak także tam \
        te tego tej ten to tu tu twój tych tylko tym ty w we więc wszystko z za ze że żeby
        """,
        "ru": """
        а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да даже для до его ее её если \
        есть еще ещё же за здесь и из или им их к как какой ко когда кто ли либо мне может мы на над надо наш не него нее \
        нет ни них но ну о об один он она они оно от очень по под при с со так также такой там те тем то того тоже той \
        только том ты у уже хотя чего чем что чтобы эта эти это этого этой этом этот я
        """,
    ]
}
