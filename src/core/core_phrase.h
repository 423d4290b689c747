/* core_phrase: every clip of a voice pack: X(position, file, text, what a synthesiser says). */
#ifndef CORE_PHRASE_H
#define CORE_PHRASE_H

/* clang-format off */
#define PHRASE_LETTER_LIST(X)                                                                      \
    X(A, "A") X(B, "B") X(C, "C") X(D, "D") X(E, "E") X(F, "F") X(G, "G") X(H, "H") X(I, "I")      \
    X(J, "J") X(K, "K") X(L, "L") X(M, "M") X(N, "N") X(O, "O") X(P, "P") X(Q, "Q") X(R, "R")      \
    X(S, "S") X(T, "T") X(U, "U") X(V, "V") X(W, "W") X(X, "X") X(Y, "Y") X(Z, "Z")

#define PHRASE_ZH_LIST(X)                                                                          \
    X(ZH_0, "0", "零", "ling2")                                                                    \
    X(ZH_1, "1", "一", "yi1")                                                                      \
    X(ZH_2, "2", "二", "er4")                                                                      \
    X(ZH_3, "3", "三", "san1")                                                                     \
    X(ZH_4, "4", "四", "si4")                                                                      \
    X(ZH_5, "5", "五", "wu3")                                                                      \
    X(ZH_6, "6", "六", "liu4")                                                                     \
    X(ZH_7, "7", "七", "qi1")                                                                      \
    X(ZH_8, "8", "八", "ba1")                                                                      \
    X(ZH_9, "9", "九", "jiu3")                                                                     \
    X(ZH_YAO, "yao", "幺", "yao1")                                                                 \
    X(ZH_TEN, "ten", "十", "shi2")                                                                 \
    X(ZH_HUNDRED, "hundred", "百", "bai3")                                                         \
    X(ZH_PLEASE, "please", "请", "qing3")                                                          \
    X(ZH_NUMBER, "number", "号", "hao4")                                                           \
    X(ZH_TO, "to", "到", "dao4")                                                                   \
    X(ZH_WINDOW, "window", "号窗口", "hao4 chuang1 kou3")                                          \
    X(ZH_ROOM, "room", "诊室就诊", "zhen3 shi4 jiu4 zhen3")                                        \
    X(ZH_PHARMACY, "pharmacy", "取药", "qu3 yao4")                                                 \
    X(ZH_ORDINAL, "ordinal", "第", "di4")                                                          \
    X(ZH_CALL, "call", "次呼叫", "ci4 hu1 jiao4")                                                  \
    X(ZH_MOVE, "move", "转到", "zhuan3 dao4")                                                      \
    X(ZH_RETURN, "return", "返回", "fan3 hui2")                                                    \
    X(ZH_UNTIL, "until", "至", "zhi4")                                                             \
    X(ZH_READY, "ready", "做好准备", "zuo4 hao3 zhun3 bei4")                                       \
    X(ZH_RATE, "rate", "请您对本次服务进行评价",                                                   \
      "qing3 nin2 dui4 ben3 ci4 fu2 wu4 jin4 xing2 ping2 jia4")                                    \
    X(ZH_LOST, "lost", "拾到失物，请失主到", "shi2 dao4 shi1 wu4, qing3 shi1 zhu3 dao4")           \
    X(ZH_DESK, "desk", "服务台", "fu2 wu4 tai2")                                                   \
    X(ZH_CLAIM, "claim", "认领", "ren4 ling3")

#define PHRASE_EN_LIST(X)                                                                          \
    X(EN_0, "0", "zero", "zero")                                                                   \
    X(EN_1, "1", "one", "one")                                                                     \
    X(EN_2, "2", "two", "two")                                                                     \
    X(EN_3, "3", "three", "three")                                                                 \
    X(EN_4, "4", "four", "four")                                                                   \
    X(EN_5, "5", "five", "five")                                                                   \
    X(EN_6, "6", "six", "six")                                                                     \
    X(EN_7, "7", "seven", "seven")                                                                 \
    X(EN_8, "8", "eight", "eight")                                                                 \
    X(EN_9, "9", "nine", "nine")                                                                   \
    X(EN_10, "10", "ten", "ten")                                                                   \
    X(EN_11, "11", "eleven", "eleven")                                                             \
    X(EN_12, "12", "twelve", "twelve")                                                             \
    X(EN_13, "13", "thirteen", "thirteen")                                                         \
    X(EN_14, "14", "fourteen", "fourteen")                                                         \
    X(EN_15, "15", "fifteen", "fifteen")                                                           \
    X(EN_16, "16", "sixteen", "sixteen")                                                           \
    X(EN_17, "17", "seventeen", "seventeen")                                                       \
    X(EN_18, "18", "eighteen", "eighteen")                                                         \
    X(EN_19, "19", "nineteen", "nineteen")                                                         \
    X(EN_20, "20", "twenty", "twenty")                                                             \
    X(EN_30, "30", "thirty", "thirty")                                                             \
    X(EN_40, "40", "forty", "forty")                                                               \
    X(EN_50, "50", "fifty", "fifty")                                                               \
    X(EN_60, "60", "sixty", "sixty")                                                               \
    X(EN_70, "70", "seventy", "seventy")                                                           \
    X(EN_80, "80", "eighty", "eighty")                                                             \
    X(EN_90, "90", "ninety", "ninety")                                                             \
    X(EN_HUNDRED, "hundred", "hundred", "hundred")                                                 \
    X(EN_AND, "and", "and", "and")                                                                 \
    X(EN_TICKET, "ticket", "ticket", "ticket")                                                     \
    X(EN_TICKETS, "tickets", "tickets", "tickets")                                                 \
    X(EN_WINDOW, "window", "window", "window")                                                     \
    X(EN_ROOM, "room", "room", "room")                                                             \
    X(EN_PHARMACY, "pharmacy", "to collect medicine", "to collect medicine")                       \
    X(EN_SECOND, "second", "second call for ticket", "second call for ticket")                     \
    X(EN_THIRD, "third", "third call for ticket", "third call for ticket")                         \
    X(EN_FOURTH, "fourth", "fourth call for ticket", "fourth call for ticket")                     \
    X(EN_FIFTH, "fifth", "fifth call for ticket", "fifth call for ticket")                         \
    X(EN_AGAIN, "again", "another call for ticket", "another call for ticket")                     \
    X(EN_MOVE, "move", "please move to", "please move to")                                         \
    X(EN_RETURN, "return", "please return to", "please return to")                                 \
    X(EN_TO, "to", "to", "to")                                                                     \
    X(EN_READY, "ready", "please get ready", "please get ready")                                   \
    X(EN_RATE, "rate", "please rate this service", "please rate this service")                     \
    X(EN_LOST, "lost", "lost property was found. Please come to",                                  \
      "lost property was found. Please come to")                                                   \
    X(EN_DESK, "desk", "the service desk", "the service desk")                                     \
    X(EN_CLAIM, "claim", "to collect it", "to collect it")
/* clang-format on */

enum {
#define X(name, file, text, say) name,
    PHRASE_ZH_LIST(X)
#undef X
#define X(name, file) ZH_LETTER_##name,
        PHRASE_LETTER_LIST(X)
#undef X
            ZH_CLIP_COUNT
};

enum {
#define X(name, file, text, say) name,
    PHRASE_EN_LIST(X)
#undef X
#define X(name, file) EN_LETTER_##name,
        PHRASE_LETTER_LIST(X)
#undef X
            EN_CLIP_COUNT
};

#endif
