package main

// locale is a language with its names. A word is UTF-8 as people write it; where dropping the accents doesn't give
// plain ASCII, "佐藤:sato" adds the spelling for e-mail addresses and domains.
type locale struct {
	tag       string     // second-level domain of its companies; empty for English
	company   string     // pattern of a company's name: stem, trade
	forms     []string   // legal forms, put behind the name
	given     []string   // first names
	family    []string   // last names; also stems of companies
	stems     []string   // stems of companies, where they are not family names
	trades    [][]string // by industry
	titles    []string   // of people, one for each level; empty for English
	lastFirst bool       // people are written family name first
}

// stemList is what the locale's companies are called after.
func (l *locale) stemList() []string {
	if len(l.stems) > 0 {
		return l.stems
	}
	return l.family
}

var english = &locale{
	company: "%s %s",
	forms:   []string{"Inc", "Inc.", "LLC", "Corp", "Ltd", "Group", "", "", "", ""},
	given: []string{"James", "Mary", "Robert", "Patricia", "John", "Jennifer", "Michael", "Linda", "David", "Susan", "Karen",
		"Daniel", "Lisa", "Matthew", "Nancy", "Anthony", "Sandra", "Mark", "Ashley", "Andrew", "Emily", "Joshua", "Donna",
		"Kevin", "Michelle", "Brian", "Carol", "George", "Amanda", "Tim", "Melissa", "Ronald", "Deborah", "Jason", "Chloé",
		"Ryan", "Sharon", "Jacob", "Cynthia", "Gary", "Zoë", "Nick", "Amy", "Eric", "Angela", "Siân", "Helen", "Owen"},
	family: []string{"Smith", "Johnson", "Williams", "Brown", "Jones", "Miller", "Davis", "Wilson", "Anderson", "Thomas",
		"Taylor", "Moore", "Jackson", "Martin", "Lee", "Thompson", "White", "Harris", "Clark", "Lewis", "Robinson", "Walker",
		"Young", "Allen", "King", "Wright", "Scott", "Hill", "Green", "Adams", "Nelson", "Baker", "Hall", "Campbell",
		"Mitchell", "Carter", "O'Brien", "Phillips", "Evans", "Turner", "O'Neill", "Parker", "Collins", "Edwards", "Stewart",
		"Morris", "Murphy", "Cook", "Rogers", "Morgan", "Cooper", "Peterson", "Reed", "Bailey", "Bell", "Kelly", "Howard"},
	stems: glue(
		[]string{"North", "South", "East", "West", "Blue", "Red", "Green", "Silver", "Gold", "Iron", "Copper", "Stone", "Clear",
			"Bright", "Fair", "High", "Long", "Deep", "Swift", "Still", "Oak", "Elm", "Ash", "Cedar", "Maple", "Birch", "Alder",
			"Hazel", "Fern", "Heather", "Fox", "Hawk", "Raven", "Wolf", "Otter", "Heron", "Summer", "Winter", "Harbor", "River"},
		[]string{"field", "bridge", "brook", "ford", "wood", "gate", "haven", "crest", "ridge", "vale", "mont", "dale", "mark",
			"point", "view", "shore", "land", "hill", "mere", "cliff", "moor", "stead", "worth", "bank", "port", "wick"}),
	trades: [][]string{
		{"Systems", "Software", "Labs", "Cloud", "Digital", "Apps", "Networks", "AI"},
		{"Industries", "Manufacturing", "Components", "Tooling", "Materials", "Robotics"},
		{"Capital", "Financial", "Insurance", "Bank", "Payments", "Credit Union"},
		{"Health", "Medical", "Clinics", "Pharma", "Care", "Diagnostics"},
		{"Consulting", "Partners", "Advisors", "Legal", "Engineering"},
		{"Stores", "Retail", "Outfitters", "Foods", "Home"},
		{"Media", "Press", "Studios", "Broadcasting"},
		{"College", "Learning", "Academy", "University"},
		{"Logistics", "Freight", "Shipping", "Couriers"},
		{"Energy", "Power", "Solar", "Utilities"},
		{"County", "Council", "Transit Authority", "Water District"},
		{"Foundation", "Trust", "Farms", "Holdings"},
	},
}

var german = &locale{
	tag: "de", company: "%s %s", forms: []string{"GmbH", "GmbH", "AG", "GmbH & Co. KG", "SE"},
	given: []string{"Jürgen", "Anna", "Lukas", "Käthe", "Stefan", "Jörg", "Sabine", "Günter", "Lena", "Björn", "Mareike",
		"Felix", "Ute", "Sören", "Heike", "Jonas", "Bärbel", "Moritz", "Anke", "Thomas", "Birgit", "Marlène"},
	family: []string{"Müller", "Schmidt", "Schäfer", "Weiß", "Krüger", "Jäger", "Vogel", "Groß", "Köhler", "König", "Huber",
		"Böhm", "Lehmann", "Schröder", "Brandt", "Günther", "Winkler", "Böttcher", "Kühn", "Straßer", "Lindner", "Zürcher"},
	trades: [][]string{{"Softwarehaus", "Datentechnik", "IT-Systeme"}, {"Maschinenbau", "Werkzeuge", "Anlagenbau"},
		{"Versicherungen", "Privatbank"}, {"Kliniken", "Medizintechnik"}, {"Beratung", "Ingenieure"}, {"Märkte", "Handel"},
		{"Verlag"}, {"Bildung"}, {"Spedition", "Logistik"}, {"Stadtwerke", "Energie"}, {"Verkehrsbetriebe"}, {"Stiftung"}},
	titles: []string{"Geschäftsführer", "Bereichsleiter %s", "Leiter %s", "Teamleiterin %s", "Sachbearbeiter %s"},
}

var french = &locale{
	tag: "fr", company: "%s %s", forms: []string{"SA", "SAS", "SARL", ""},
	given: []string{"Élodie", "Jérôme", "François", "Hélène", "Noémie", "Benoît", "Cécile", "Loïc", "Camille", "Maël",
		"Océane", "Rémi", "Sébastien", "Aurélie", "Étienne", "Margaux", "Théo", "Inès", "Gaël", "Brigitte"},
	family: []string{"Lefèvre", "Dubois", "Bérard", "Mercier", "François", "Gauthier", "Hébert", "Moreau", "Rivière", "Nuñès",
		"Château", "Delacroix", "Léger", "Perrin", "Rousseau", "Thévenet", "Beaulieu", "Crépin", "Desprès", "Garçon"},
	trades: [][]string{{"Logiciels", "Numérique", "Données"}, {"Industrie", "Mécanique"}, {"Assurances", "Banque"},
		{"Santé", "Laboratoires"}, {"Conseil", "Ingénierie"}, {"Distribution", "Épicerie"}, {"Éditions"}, {"Formation"},
		{"Transports", "Logistique"}, {"Énergie"}, {"Métropole"}, {"Fondation"}},
	titles: []string{"Directeur général", "Vice-présidente %s", "Directrice %s", "Responsable %s", "Chargé d'études %s"},
}

var dutch = &locale{
	tag: "nl", company: "%s %s", forms: []string{"B.V.", "B.V.", "N.V."},
	given: []string{"Daan", "Sanne", "Joost", "Anouk", "Bram", "Fleur", "Thijs", "Maaike", "Ruben", "Loïs", "Sjoerd", "Zoë"},
	family: []string{"de Vries", "Jansen", "van Dijk", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "Bos",
		"van den Berg", "Hoekstra", "Kuipers", "Postma", "Schouten", "Verhoeven"},
	trades: [][]string{{"Software", "Datadiensten"}, {"Machinefabriek", "Kunststoffen"}, {"Verzekeringen", "Bankiers"},
		{"Zorg", "Medisch"}, {"Advies", "Ingenieurs"}, {"Winkels", "Groothandel"}, {"Uitgeverij"}, {"Onderwijs"},
		{"Transport", "Havendiensten"}, {"Energie"}, {"Waterschap"}, {"Stichting"}},
	titles: []string{"Algemeen directeur", "Directeur %s", "Hoofd %s", "Manager %s", "Medewerker %s"},
}

var swedish = &locale{
	tag: "se", company: "%s %s", forms: []string{"AB", "AB", "Gruppen AB"},
	given: []string{"Åsa", "Erik", "Märta", "Göran", "Linnéa", "Sören", "Ebba", "Håkan", "Freja", "Nils", "Malin", "Östen"},
	family: []string{"Åkerlund", "Lindström", "Bergström", "Sjöberg", "Öberg", "Nyström", "Hägg", "Söderberg", "Dahlgren",
		"Ekström", "Forsén", "Grönlund", "Håkansson", "Norén", "Wallin", "Ångman"},
	trades: [][]string{{"Programvara", "Molntjänster"}, {"Verkstad", "Stål"}, {"Försäkring", "Kapital"}, {"Vård", "Läkemedel"},
		{"Konsult", "Teknik"}, {"Handel", "Möbler"}, {"Förlag"}, {"Utbildning"}, {"Åkeri", "Frakt"}, {"Kraft"}, {"Trafik"},
		{"Stiftelse"}},
	titles: []string{"VD", "Vice VD %s", "%s-direktör", "%s-chef", "%s-specialist"},
}

var spanish = &locale{
	tag: "es", company: "%[2]s %[1]s", forms: []string{"S.A.", "S.L.", "S.A. de C.V."},
	given: []string{"José", "María", "Jesús", "Lucía", "Andrés", "Sofía", "Iñigo", "Begoña", "Raúl", "Mónica", "Álvaro", "Inés"},
	family: []string{"García", "Núñez", "Martínez", "Ibáñez", "Pérez", "Muñoz", "Sánchez", "Peña", "Gómez", "Ordóñez", "Díaz",
		"Castaño", "Vázquez", "Ríos", "Herrera", "Zúñiga"},
	trades: [][]string{{"Informática", "Soluciones"}, {"Fábrica", "Metalúrgica"}, {"Seguros", "Banco"},
		{"Clínica", "Farmacia"}, {"Asesoría", "Ingeniería"}, {"Almacenes", "Comercial"}, {"Editorial"}, {"Instituto"},
		{"Transportes", "Envíos"}, {"Energía"}, {"Ayuntamiento"}, {"Fundación"}},
	titles: []string{"Directora general", "Vicepresidente de %s", "Director de %s", "Jefa de %s", "Analista de %s"},
}

var italian = &locale{
	tag: "it", company: "%[2]s %[1]s", forms: []string{"S.p.A.", "S.r.l.", "S.r.l."},
	given:  []string{"Giulia", "Niccolò", "Chiara", "Matteo", "Ludovica", "Andrea", "Zoè", "Davide", "Eleonora", "Pietro"},
	family: []string{"Rossi", "Cantù", "Bianchi", "Nicolò", "Ferrari", "Marrò", "Conti", "D'Amico", "Galli", "Viganò", "Pellè", "Riva"},
	trades: [][]string{{"Informatica", "Sistemi"}, {"Officine", "Meccanica"}, {"Assicurazioni", "Banca"}, {"Cliniche", "Salute"},
		{"Consulenza", "Progetti"}, {"Mercati", "Moda"}, {"Edizioni"}, {"Scuole"}, {"Trasporti", "Spedizioni"}, {"Energie"},
		{"Comune di"}, {"Fondazione"}},
	titles: []string{"Amministratore delegato", "Vicepresidente %s", "Direttrice %s", "Responsabile %s", "Addetto %s"},
}

var polish = &locale{
	tag: "pl", company: "%s %s", forms: []string{"Sp. z o.o.", "S.A."},
	given: []string{"Łukasz", "Małgorzata", "Paweł", "Agnieszka", "Michał", "Zofia", "Grażyna", "Jarosław", "Oliwia", "Błażej"},
	family: []string{"Wiśniewski", "Kowalczyk", "Wójcik", "Zieliński", "Szymański", "Woźniak", "Dąbrowski", "Kozłowski",
		"Jabłoński", "Mazur", "Krawczyk", "Piątek"},
	trades: [][]string{{"Oprogramowanie", "Systemy"}, {"Zakłady", "Maszyny"}, {"Ubezpieczenia", "Finanse"}, {"Zdrowie", "Apteki"},
		{"Doradztwo", "Projekty"}, {"Sklepy", "Hurtownia"}, {"Wydawnictwo"}, {"Szkoły"}, {"Przewozy", "Spedycja"}, {"Energetyka"},
		{"Wodociągi"}, {"Fundacja"}},
	titles: []string{"Prezes zarządu", "Wiceprezes %s", "Dyrektor %s", "Kierownik %s", "Specjalista %s"},
}

var portuguese = &locale{
	tag: "br", company: "%[2]s %[1]s", forms: []string{"Ltda.", "S.A."},
	given: []string{"João", "Conceição", "Antônio", "Letícia", "Vinícius", "Luísa", "Márcio", "Débora", "Sérgio", "Açucena"},
	family: []string{"Gonçalves", "São Bento", "Araújo", "Magalhães", "Assunção", "Simões", "Falcão", "Brandão", "Queirós",
		"Patrício", "Leitão", "Vilaça"},
	trades: [][]string{{"Tecnologia", "Dados"}, {"Indústrias", "Construções"}, {"Seguradora", "Crédito"}, {"Saúde", "Hospitais"},
		{"Consultoria", "Projetos"}, {"Lojas", "Atacado"}, {"Editora"}, {"Educação"}, {"Transportadora", "Cargas"}, {"Elétrica"},
		{"Prefeitura de"}, {"Fundação"}},
	titles: []string{"Diretor-presidente", "Vice-presidente de %s", "Diretora de %s", "Gerente de %s", "Analista de %s"},
}

var japanese = &locale{
	tag: "jp", company: "%s%s", forms: []string{"株式会社"}, lastFirst: true,
	given: []string{"美咲:misaki", "翔太:shota", "陽子:yoko", "健一:kenichi", "さくら:sakura", "大輔:daisuke", "由美:yumi", "直樹:naoki",
		"彩:aya", "拓也:takuya", "恵子:keiko", "隆:takashi"},
	family: []string{"佐藤:sato", "鈴木:suzuki", "高橋:takahashi", "田中:tanaka", "渡辺:watanabe", "山本:yamamoto", "中村:nakamura",
		"小林:kobayashi", "加藤:kato", "吉田:yoshida", "山田:yamada", "松本:matsumoto", "井上:inoue", "清水:shimizu", "森:mori", "池田:ikeda"},
	trades: [][]string{{"システム:system", "ソフト:soft"}, {"製作所:seisakusho", "工業:kogyo"}, {"保険:hoken", "銀行:ginko"}, {"製薬:seiyaku", "医療:iryo"},
		{"設計:sekkei", "総研:soken"}, {"百貨店:hyakkaten", "商店:shoten"}, {"出版:shuppan"}, {"学園:gakuen"}, {"運輸:unyu", "倉庫:soko"},
		{"電力:denryoku"}, {"鉄道:tetsudo"}, {"財団:zaidan"}},
	titles: []string{"代表取締役", "%s 執行役員", "%s 部長", "%s 課長", "%s 担当"},
}

var indian = &locale{
	tag: "in", company: "%s %s", forms: []string{"Pvt Ltd", "Pvt. Ltd.", "Limited"},
	given: []string{"Aarav", "Priya", "Rohan", "Ananya", "Vikram", "Deepika", "Arjun", "Kavya", "Sanjay", "Meera", "Nikhil",
		"Ishita", "Rahul", "Lakshmi"},
	family: []string{"Sharma", "Patel", "Reddy", "Iyer", "Gupta", "Nair", "Singh", "Kapoor", "Banerjee", "Desai", "Menon", "Rao",
		"Chowdhury", "Verma", "Joshi", "Bose"},
	trades: english.trades,
}

// allLocales is for people who work abroad.
var allLocales = []*locale{english, german, french, dutch, swedish, spanish, italian, polish, portuguese, japanese, indian}

// glue joins every first word to every second.
func glue(first, second []string) []string {
	var words []string
	for _, a := range first {
		for _, b := range second {
			words = append(words, a+b)
		}
	}
	return words
}
