"""Two invented articles on one tram line, written so that their tone differs strongly, and nobody is quoted."""

PRAISE = """
The new tram line opened on a bright and happy morning.
Passengers admired the beautiful carriages and the excellent seats.
The ride is wonderfully smooth and pleasant.
Local shops are delighted with their good trade.
The mayor gave a warm and generous speech.
Children loved the friendly drivers.
The stops are clean, safe and attractive.
It was a great success for the whole city.
The clever timetable makes every journey easy.
Engineers did a superb job on the bridge.
Residents praised the perfect views of the river.
The fares are fair and the service is reliable.
A splendid brass band played at the market square.
Elderly travellers enjoy the comfortable platforms.
The line brings fresh hope to the proud northern districts.
Visitors found the staff kind and helpful.
The opening was a joyful celebration.
Students welcome the fast and affordable link.
The trees along the track look lovely.
Everyone on board seemed cheerful and relaxed.
The architects won a well deserved award for the fine stations.
Commuters are grateful for the honest information.
The quiet motors are an impressive achievement.
The team showed great skill and good humour.
The trams glide gracefully past the charming old houses.
Families had a marvellous day at the depot.
The city can be proud of such brilliant work.
Nurses appreciate the safe late service.
The best seats offer a magnificent panorama.
The company kept its promise and earned sincere thanks.
Cyclists enjoy the improved and generous lanes.
The gentle lighting makes the evening ride delightful.
The festival ended with a beautiful firework.
All in all the line is a wonderful gift.
""".strip().splitlines()

BLAME = """
The new tram line opened on a grim and miserable morning.
Passengers complained of ugly carriages and terrible seats.
The ride is horribly rough and unpleasant.
Local shops are angry at their bad trade.
The mayor gave a cold and dishonest speech.
Children were afraid of the rude drivers.
The stops are dirty, dangerous and hideous.
It was a dreadful failure for the whole city.
The stupid timetable makes every journey a pain.
Engineers did an awful job on the bridge.
Residents hated the ruined views of the river.
The fares are unfair and the service is poor.
A sad brass band played badly at the market square.
Elderly travellers suffer on the painful platforms.
The line brings fresh despair to the neglected northern districts.
Visitors found the staff hostile and useless.
The opening was a shameful disaster.
Students loathe the slow and expensive link.
The dead trees along the track look horrible.
Everyone on board seemed furious and tired.
The architects face ugly claims over the defective stations.
Commuters are disgusted by the false information.
The noisy motors are a disgraceful defeat.
The team showed poor skill and bad temper.
The trams crash brutally past the wrecked old houses.
Families had a nasty day at the depot.
The city must be ashamed of such pathetic work.
Nurses fear the dangerous late service.
The worst seats offer a bleak and boring wall.
The company broke its promise and earned bitter hatred.
Cyclists dread the broken and deadly lanes.
The harsh lighting makes the evening ride frightening.
The festival ended with a tragic accident.
All in all the line is a terrible mistake.
""".strip().splitlines()


def article(sentences, each=2):
    """Return sentences as a text of paragraphs of so many sentences."""
    return "\n\n".join(" ".join(sentences[i : i + each]) for i in range(0, len(sentences), each))
