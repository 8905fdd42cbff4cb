"""Sentences people write to a helpdesk and in surveys: data only. Braces name what `texts` fills in."""
# ruff: noqa: E501
# fmt: off

from __future__ import annotations

REASONS = ("billing", "meter_reading", "outage", "contract", "technical", "portal_access", "installation", "cancellation", "feedback")
REASON_WEIGHTS = (0.24, 0.14, 0.10, 0.12, 0.14, 0.12, 0.07, 0.03, 0.04)
QUEUE = {"billing": "Support {} Billing", "meter_reading": "Field Service {} Metering", "outage": "Support {} Outage", "contract": "Support {} Contracts",
         "technical": "Support {} Technical", "portal_access": "Support {} Digital", "installation": "Field Service {} Installation",
         "cancellation": "Success {} Growth", "feedback": "Support {} Digital"}
PRODUCTS = ("grid_basic", "grid_flex", "solar_connect", "meter_cloud", "charge_point")

SUBJECTS = {
    "billing": ("Question about invoice {order}", "Charged twice this month", "Invoice {order} does not match our contract", "Need a copy of the last bill",
                "Wrong VAT number on invoice", "Payment reminder although we paid"),
    "meter_reading": ("Meter reading for site {city}", "Reading rejected", "Meter shows zero since Monday", "Correction of reading {order}"),
    "outage": ("No power at our site", "Outage in {city}?", "Repeated interruptions", "Urgent: plant is down", "When will supply be restored"),
    "contract": ("Renewal of our contract", "Change of tariff", "Contract end date", "Adding a second site", "Change of contact person"),
    "technical": ("API returns error 500", "Data export incomplete", "Meter gateway offline", "Load curve missing for yesterday", "Charge point not reachable"),
    "portal_access": ("Cannot log in", "Password reset mail never arrives", "New colleague needs access", "Two-factor code not accepted"),
    "installation": ("Appointment for installation {order}", "Technician did not show up", "Move the appointment", "Wrong meter delivered"),
    "cancellation": ("Cancellation of contract {order}", "We are leaving", "Please confirm our cancellation"),
    "feedback": ("Thank you", "Suggestion for the portal", "Complaint", "Great help last week"),
}
OPENINGS = ("Hello,", "Hi team,", "Good morning,", "Dear support,", "Hi,", "To whom it may concern,", "Hey there,", "")
BODIES = {
    "billing": ("our invoice {order} is {amount} higher than last month and nothing changed on our side.", "we were charged twice for {product}. The second charge of {amount} must be a mistake.",
                "could you send the bill for {order} again? Our accounts team cannot find it.", "the reminder says we owe {amount}, but the transfer went out ten days ago.",
                "the discount agreed with our account manager is missing on invoice {order}."),
    "meter_reading": ("the portal rejects the reading for our site in {city}: it says the value is implausible.", "the meter at {street} has shown the same value since the weekend.",
                      "I entered 48210 instead of 42810 yesterday, please correct it.", "your technician wrote down a different meter number than the one on the box."),
    "outage": ("the whole site has been without power since this morning and nobody tells us anything.", "third interruption this week. Our cold storage cannot take another one.",
               "is there a known fault around {city}? Your status page says all is fine.", "we are running on the generator. Please give us an estimate."),
    "contract": ("our contract {order} ends soon and I would like to see renewal options.", "we open a second location in {city} and need it on the same terms.",
                 "please make me the contact for this account, my predecessor has left.", "can we move from {product} to a flexible tariff mid-term?"),
    "technical": ("since the last update the export stops after 1000 rows.", "the gateway with serial {order} is offline although the light is green.",
                  "the API answers 500 on every second call. Log attached.", "yesterday's load curve has a gap between 2 and 4 in the morning."),
    "portal_access": ("I cannot log in any more, the page just reloads.", "the reset mail never arrives, also not in the spam folder.",
                      "please create an account for our new colleague.", "the code from the app is refused every time."),
    "installation": ("nobody came to the appointment on Tuesday and I waited all morning.", "we need to move the installation at {street} to next week.",
                     "the crate holds a single-phase meter, we ordered three-phase ({order})."),
    "cancellation": ("we have decided to move to another supplier. Please confirm the end date.", "please cancel contract {order} at the next possible date."),
    "feedback": ("just wanted to say that the last call was really helpful.", "the new dashboard is hard to read on a phone.", "I expected more from a company of your size."),
}
DETAILS = ("", "", "", "It worked until last week.", "We have 40 people waiting for this.", "Please treat this as urgent.", "I already tried another browser.",
           "This is the second time I write about this.", "No rush, whenever you have time.", "Mark it as low priority if you like.", "The Premium plan should cover this.")
CONTACT = ("", "", "", "You can reach me on {phone}.", "call me on {phone} after 3pm", "Please answer to {email}, not to the shared mailbox.", "My mobile: {phone164}",
           "My colleague {other_name} ({other_email}) knows the details.", "I am at {street}, {postcode} {city} until Friday.",
           "ask for {other_name} at the reception", "our customer reference is {order}")
CLOSINGS = ("Thanks\n{first}", "Best regards,\n{name}", "Kind regards\n\n{name}\n{title}\n{account}\n{street}, {postcode} {city}\nT {phone}\n{email}", "{first}", "", "Thank you!\n{name}",
            "Sent from my phone", "Cheers, {first_lower}", "--\n{name} | {account} | {phone164}")
LOCAL = {
    "de": (("Guten Tag,", "Hallo zusammen,"), ("auf der Rechnung {order} stimmt der Betrag von {amount} nicht.", "seit gestern ist unser Standort in {city} ohne Strom.",
            "ich komme nicht mehr ins Portal.", "bitte senden Sie mir den Vertrag {order} noch einmal zu."),
           ("Mit freundlichen Grüßen\n{name}\n{account}\nTel. {phone}", "Viele Grüße\n{first}", "MfG {last}")),
    "fr": (("Bonjour,", "Madame, Monsieur,"), ("la facture {order} ne correspond pas à notre contrat ({amount}).", "nous n'avons plus de courant depuis ce matin à {city}.",
            "je n'arrive plus à me connecter au portail."), ("Cordialement,\n{name}\n{phone}", "Merci d'avance\n{first}")),
    "es": (("Hola,", "Buenos días:"), ("la factura {order} tiene un importe incorrecto de {amount}.", "no tenemos luz desde esta mañana en {city}.",
            "no puedo entrar en el portal."), ("Un saludo,\n{name}\nTel. {phone}", "Gracias\n{first}")),
}
AGENT_FIRST = ("Hi {first},\n\nthank you for writing. I have looked at {order} and will correct it today.", "Hello {first},\n\nthanks for your patience. Could you tell me since when this happens?",
               "Dear {name},\n\nI am sorry for the trouble. I have passed this to our colleagues in {city} and will come back to you.",
               "Hi {first}, I tried to call you on {phone} but could not reach you. When is a good time?", "Hello,\n\nthis is solved on our side. Can you check again, please?",
               "Hi {first},\n\nplease clear the cache and try once more. If it fails, send me a screenshot.")
AGENT_NEXT = ("Hi {first}, any news from your side?", "I have credited {amount} to your account {order}.", "A technician will be at {street} on Thursday between 8 and 12.",
              "Thank you, that helped. It is fixed now.", "I checked with our billing team: the amount is right, I attach the calculation.", "Happy to hear that! I will close the request.",
              "We sent the confirmation to {email}.")
AGENT_SIGN = ("\n\nKind regards,\n{agent}\nHaldenmark Grid", "\n\nBest,\n{agent_first}", "\n\n{agent_first} from Haldenmark Grid", "")
CUSTOMER_NEXT = ("Thanks, it works now.", "Still the same problem.", "Since Monday.", "Any update?", "See below.\n\n> On Tue {agent} <{agent_email}> wrote:\n> could you tell me since when this happens?",
                 "Here is what I forwarded to {other_name}:\n-----Original message-----\nFrom: {name} <{email}>\nTo: {other_email}\nSubject: Fwd: your request",
                 "please ring {phone}, I am in meetings all day", "Perfect, thank you {agent_first}!", "It is {order}.", "Who is responsible for this? I want to speak to a manager.",
                 "ok", "No, we did not change anything.", "i am {name_lower} btw, not my boss")
NOTES = ("Customer called, very upset. Reach {name} at {phone}.", "Checked with dispatch, crew is on site.", "Handing over to billing, {account} has a special price list.",
         "Account is strategic, please keep an eye on it.", "Left a voicemail.", "Refund approved by team lead.", "Duplicate of an older request?")
BOT = ("Hi! I am the Haldenmark assistant. I found this article that may help: How to read your invoice. Did it answer your question?",
       "Thanks for contacting Haldenmark Grid. We have received your request and will answer soon.")
INTERNAL = ("Laptop battery dies after an hour, need a replacement.", "Cannot reach the VPN from home.", "Please add me to the on-call rota for next week.", "My payslip shows the wrong tax class.")
SPAM = ("Increase your ranking today!!! Visit http://best-seo-deals.biz/?r=7718", "Dear sir, I am the widow of a minister and need your help to transfer funds.", "CHEAP WATCHES 80% OFF http://watch4less.shop")
SURVEY_GOOD = ("Very reliable, no complaints.", "{agent_first} was friendly and quick.", "Everything explained well.", "Best supplier we have had so far.", "Quick answer, problem solved.",
               "I like the new portal.", "Thanks to {agent} for calling back!")
SURVEY_MID = ("It is ok.", "Prices could be lower.", "Sometimes slow, but friendly.", "The portal needs work.", "I had to explain my case twice.")
SURVEY_BAD = ("Had to wait days for an answer.", "Nobody called me back on {phone}.", "The outage in November cost us a day of production.", "Too expensive for what we get.",
              "Please contact me: {email}", "Three agents, three answers. {name}", "I want to cancel.")
EMPLOYEE_TEXT = ("Too many systems to look into.", "Great team, I learn a lot.", "Workload is too high since spring.", "Our lead takes time for us.", "I would like clearer priorities.", "Good balance.")
