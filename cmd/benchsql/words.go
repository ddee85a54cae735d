package main

import "strings"

// The values of TPC-H's columns that its queries ask for. What nothing asks for is made of the words.
var (
	colours = strings.Fields(`almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood burnished chartreuse chiffon chocolate
		coral cornflower cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted gainsboro ghost goldenrod green grey honeydew hot
		indian ivory khaki lace lavender lawn lemon light lime linen magenta maroon medium metallic midnight mint misty moccasin navajo navy olive orange
		orchid pale papaya peach peru pink plum powder puff purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow spring
		steel tan thistle tomato turquoise violet wheat white yellow`)
	sizes      = strings.Fields("STANDARD SMALL MEDIUM LARGE ECONOMY PROMO")
	finishes   = strings.Fields("ANODIZED BURNISHED PLATED POLISHED BRUSHED")
	metals     = strings.Fields("TIN NICKEL BRASS STEEL COPPER")
	amounts    = strings.Fields("SM LG MED JUMBO WRAP")
	containers = strings.Fields("CASE BOX BAG JAR PKG PACK CAN DRUM")
	segments   = strings.Fields("AUTOMOBILE BUILDING FURNITURE MACHINERY HOUSEHOLD")
	priorities = strings.Split("1-URGENT,2-HIGH,3-MEDIUM,4-NOT SPECIFIED,5-LOW", ",")
	instructs  = strings.Split("DELIVER IN PERSON,COLLECT COD,NONE,TAKE BACK RETURN", ",")
	modes      = strings.Split("REG AIR,AIR,RAIL,SHIP,TRUCK,MAIL,FOB", ",")
	regions    = strings.Split("AFRICA,AMERICA,ASIA,EUROPE,MIDDLE EAST", ",")
	words      = strings.Fields(`above accounts after against along among asymptotes attainments bold braids carefully courts daring deposits detect dependencies
		dolphins dugouts engage escapades even excuses express final foxes frays furiously grouches haggle hockey ideas instructions integrate ironic nag
		never packages pending permanent pinto platelets players quickly realms regular requests sheaves silent slowly special stealthy theodolites unusual
		warhorses warthogs`)
)

// nations are the names with the numbers of their regions.
var nations = []struct {
	name   string
	region int
}{
	{"ALGERIA", 0}, {"ARGENTINA", 1}, {"BRAZIL", 1}, {"CANADA", 1}, {"EGYPT", 4}, {"ETHIOPIA", 0}, {"FRANCE", 3}, {"GERMANY", 3}, {"INDIA", 2},
	{"INDONESIA", 2}, {"IRAN", 4}, {"IRAQ", 4}, {"JAPAN", 2}, {"JORDAN", 4}, {"KENYA", 0}, {"MOROCCO", 0}, {"MOZAMBIQUE", 0}, {"PERU", 1},
	{"CHINA", 2}, {"ROMANIA", 3}, {"SAUDI ARABIA", 4}, {"VIETNAM", 2}, {"RUSSIA", 3}, {"UNITED KINGDOM", 3}, {"UNITED STATES", 1},
}
